"""One message at which the database stumbles, whatever it says of it, holds up no other."""

from tests.integration.ingest.test_flood import START_MS, Lane


def test_a_message_at_which_the_database_fails_within_itself_is_found_and_rejected(world, service):
    home = world.home("home")
    world.connection.execute(
        "CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.value = 7 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'XX000'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON ingest.reading_level FOR EACH ROW EXECUTE FUNCTION public.poison()"
    )
    lane = Lane(service)
    lane.take_in(*[(home, ("d/temperature", START_MS + number, float(number))) for number in range(5, 9)])
    assert [value for _, _, value in world.stored()] == [5.0, 6.0, 8.0]
    assert world.rejected() == {"record": 1}
    assert len(lane.told.acknowledged) == 4
