"""Whether the pages and their database are well; nothing about anybody."""

import psycopg
from fastapi import APIRouter
from psycopg_pool import PoolTimeout
from starlette.responses import JSONResponse

from dashboards import repository
from dashboards.visitors import DeskDependency

router = APIRouter()


@router.get("/health")
def health(desk: DeskDependency) -> JSONResponse:
    """Return 200 where the database answers, else 503."""
    try:
        with desk.database.transaction() as connection:
            there = repository.answers(connection)
    except (psycopg.Error, PoolTimeout):
        there = False
    return JSONResponse({"pages": True, "database": there, "open_pages": desk.hub.listeners}, 200 if there else 503)
