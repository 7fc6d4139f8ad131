"""What a gateway says of its own difficulties stands on its home's page for installers."""

from datetime import timedelta

import ingest.repository
from core.messages import GatewayStatus, GatewayUpdate
from ingest.gateways.repository import record_status
from tests.integration.dashboards.conftest import NOW, sign_in
from tests.integration.dashboards.installing import MOTION, as_role, gateway_of, home_of

SAID = (
    "Nessun collegamento con: la radio Zigbee (Zigbee2MQTT). È acceso?",
    "Ha chiesto aiuto da solo 2 volte da quando è acceso",
    "1 messaggio dei suoi sensori è andato perso per mancanza di spazio.",
    "3 dispositivi trovati non sono",
    "Il suo programma non è stato aggiornato (versione 0.7.1).",
)


def test_the_difficulties_of_a_gateway_are_shown_while_it_has_them(connection, place, client):
    as_role(connection, place, "installer")
    sign_in(client)
    key = gateway_of(connection, place)

    def page(uptime_s, left_out=0, **said):
        status = GatewayStatus(online=True, boot="b", at=NOW + timedelta(seconds=uptime_s), uptime_s=uptime_s, **said)
        assert record_status(connection, key, status, NOW)
        assert ingest.repository.record_inventory(connection, key, [MOTION], NOW, left_out=left_out)
        return client.get(f"/install/{home_of(connection, place)}").text

    update = GatewayUpdate("rolled back", "0.7.1", "it did not start")
    troubled = page(600, 3, unreachable=["zigbee2mqtt"], told=2, unheard=1, update=update)
    assert [words for words in SAID if words not in troubled] == []
    well = page(660)
    assert [words for words in SAID if words in well] == []
    assert "Non è collegato a ciò" not in well
