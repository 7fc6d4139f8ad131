"""From a due step to a message in a real mail server's hands, whatever happens in between."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from alerts import actions, notify, reads, repository
from alerts.channels.transport import NoTransport
from alerts.escalation import escalate
from alerts.notify import LEASE, Result
from alerts.surroundings import municipality

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


@pytest.fixture
def alert(world, intake, service):
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    world.account("eva", world.bobbio, "installer")
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


@pytest.fixture
def send(service, email, clock):
    """Deliver whatever is due and tell what came of it."""

    def all_due():
        results = []
        while (claimed := notify.claim(service, clock.now())) is not None:
            results.append(notify.deliver(service, {"email": email}, claimed, clock, lambda: 0.0))
        return results

    return all_due


def test_operators_are_told_and_installers_are_not(world, alert, send, mailbox):
    assert send() == [Result.SENT]
    assert [received.to for received in mailbox.received] == [["anna@example.org"]]
    (row,) = world.notifications()
    assert (row["state"], row["sent_at"], row["attempts"], row["uncertain"]) == ("sent", NOW, 1, False)
    assert send() == []


def test_a_server_that_is_busy_is_asked_again_later(world, alert, send, mailbox, clock):
    mailbox.answer = "busy"
    assert send() == [Result.RETRY]
    (row,) = world.notifications()
    assert (row["state"], row["due_at"], row["leased_until"]) == ("due", NOW + timedelta(seconds=2), None)
    assert row["last_error"] == "the mail server refused the message: 451"
    assert send() == []
    mailbox.answer = "accept"
    clock.advance(2)
    assert send() == [Result.SENT]
    assert len(mailbox.received) == 1
    assert world.notifications()[0]["uncertain"] is False


@pytest.mark.parametrize("answer", ["unknown", "refuse"])
def test_what_is_final_is_not_tried_again(world, alert, send, mailbox, clock, answer):
    mailbox.answer = answer
    assert send() == [Result.FAILED]
    clock.advance(3600)
    assert send() == []
    assert world.notifications()[0]["state"] == "failed"


@pytest.mark.parametrize("answer", ["reset", "slow"])
def test_an_attempt_without_an_answer_is_repeated_and_called_uncertain(world, alert, send, mailbox, clock, answer):
    mailbox.answer = answer
    assert send() == [Result.RETRY]
    mailbox.answer = "accept"
    clock.advance(2)
    assert send() == [Result.SENT]
    assert world.notifications()[0]["uncertain"] is True


def test_a_safety_message_is_never_given_up_while_nobody_has_taken_charge(world, alert, send, mailbox):
    mailbox.answer = "busy"
    world.connection.execute("UPDATE alerts.notification SET attempts = 5000")
    assert send() == [Result.RETRY]
    (row,) = world.notifications()
    assert (row["state"], row["due_at"]) == ("due", NOW + timedelta(seconds=60))


def test_attempts_for_less_than_safety_end_some_day(world, intake, service, send, mailbox):
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    mailbox.answer = "busy"
    world.connection.execute("UPDATE alerts.notification SET attempts = 19")
    assert set(send()) == {Result.FAILED}


def test_a_message_names_the_municipality_of_its_home_alone(service, world):
    with service.transaction() as connection:
        assert municipality(connection, world.home) == "Bobbio"
        assert municipality(connection, world.home + 1) == ""


def test_without_a_mail_server_every_message_says_so(world, alert, service, clock):
    claimed = notify.claim(service, NOW)
    none = {"email": NoTransport("no mail server is set")}
    assert notify.deliver(service, none, claimed, clock, lambda: 0.0) is Result.FAILED
    assert world.notifications()[0]["last_error"] == "no mail server is set"


def test_the_board_can_say_that_nobody_is_being_told(world, alert, service, clock, seen_by, send, mailbox):
    def unnotified(account=world.anna):
        with seen_by(account) as view:
            return reads.unnotified(view)

    assert unnotified() == 0  # a message is on its way
    none = {"email": NoTransport("no mail server is set")}
    notify.deliver(service, none, notify.claim(service, NOW), clock, lambda: 0.0)
    assert (unnotified(), unnotified(world.carla)) == (1, 0)
    clock.advance(300)
    escalate(service, clock.now())
    mailbox.answer = "busy"
    send()
    assert unnotified() == 1
    mailbox.answer = "accept"
    clock.advance(60)
    send()
    assert unnotified() == 0


def test_the_board_can_say_that_there_is_nobody_to_be_told(world, intake, service, seen_by):
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    world.connection.execute("UPDATE registry.membership SET role = 'coordinator'")
    world.connection.execute("UPDATE registry.account SET email = ''")
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    with seen_by(world.anna) as view:
        assert reads.unnotified(view) == 1


def test_a_crash_between_the_servers_answer_and_our_commit_repeats_the_same_message(
    world, alert, service, email, clock, mailbox, send, monkeypatch
):
    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(repository, "mark_sent", dies)
        with pytest.raises(Killed):
            send()
    assert world.notifications()[0]["state"] == "due"
    assert send() == []
    clock.advance(LEASE.total_seconds())
    assert send() == [Result.SENT]
    first, second = mailbox.received
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message.as_bytes() == second.message.as_bytes()
    assert world.notifications()[0]["uncertain"] is True


def test_a_dead_workers_message_is_taken_over_within_five_seconds(world, alert, service):
    assert timedelta(seconds=5) > LEASE
    notify.claim(service, NOW)
    assert notify.claim(service, NOW + LEASE - timedelta(milliseconds=1)) is None
    assert notify.claim(service, NOW + LEASE).uncertain


def test_a_living_worker_keeps_its_message(world, alert, service):
    claimed = notify.claim(service, NOW)
    assert notify.renew(service, claimed, NOW + timedelta(seconds=3))
    assert notify.claim(service, NOW + timedelta(seconds=6)) is None
    other = notify.claim(service, NOW + timedelta(seconds=7))
    assert other.attempts == 2
    assert not notify.renew(service, claimed, NOW + timedelta(seconds=7))


def test_nothing_is_sent_once_somebody_took_charge_after_the_claim(
    world, alert, service, email, clock, mailbox, seen_by
):
    claimed = notify.claim(service, NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert, NOW)
    assert notify.deliver(service, {"email": email}, claimed, clock, lambda: 0.0) is Result.NOT_WANTED
    assert mailbox.received == []
    assert world.notifications()[0]["state"] == "cancelled"


def test_what_was_handed_over_as_somebody_took_charge_is_called_sent(world, alert, service, clock, seen_by):
    class TakenMeanwhile:
        def send(self, _message):
            with seen_by(world.anna) as view:
                actions.take_charge(view, alert, NOW)

    claimed = notify.claim(service, NOW)
    notify.deliver(service, {"email": TakenMeanwhile()}, claimed, clock, lambda: 0.0)
    assert world.notifications()[0]["state"] == "sent"


def test_two_workers_never_claim_the_same_message(world, alert, service):
    world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, address, language, due_at)"
        " SELECT organisation_id, alert_id, 1, 0, 'email', 'n' || n || '@example.org', 'it', due_at"
        " FROM alerts.notification, generate_series(1, 20) AS n"
    )
    claims, start = [], threading.Barrier(3)

    def work():
        start.wait()
        while (claimed := notify.claim(service, NOW)) is not None:
            claims.append(claimed.notification_id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == len(set(claims)) == 21


def test_safety_goes_before_everything(world, intake, service):
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    world.urgent(NOW + timedelta(seconds=1))
    intake.look(NOW + timedelta(seconds=1))
    escalate(service, NOW + timedelta(seconds=1))
    assert notify.claim(service, NOW + timedelta(seconds=1)).family == "safety"


def test_a_reserved_thread_takes_nothing_else(world, intake, service):
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    assert notify.claim(service, NOW, safety_only=True) is None
    assert notify.claim(service, NOW) is not None


def test_a_safety_alert_calls_on_without_end_and_says_once_that_nobody_came(
    world, alert, service, send, mailbox, clock
):
    for _ in range(8):
        escalate(service, clock.now())
        send()
        clock.advance(150)
    assert len(mailbox.received) == 4  # three planned, and one as it says that nobody came
    assert "nessuno" in mailbox.received[1].message["Subject"]
    assert world.actions() == ["opened", "unanswered"]
    for _ in range(96):  # a day
        clock.advance(900)
        escalate(service, clock.now())
        send()
    assert len(mailbox.received) == 100
    assert world.actions() == ["opened", "unanswered"]


def test_a_message_still_on_its_way_is_not_doubled_by_the_next_step(world, alert, service, send, mailbox, clock):
    mailbox.answer = "busy"
    send()
    clock.advance(300)
    escalate(service, clock.now())
    mailbox.answer = "accept"
    assert send() == [Result.SENT]
    assert len(world.notifications()) == 1


def test_an_alert_that_comes_back_is_told_anew(world, alert, service, send, mailbox, seen_by, clock):
    send()
    clock.advance(10)
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert, clock.now())
    clock.advance(1000)
    assert escalate(service, clock.now()) == 0
    with seen_by(world.anna) as view:
        actions.release(view, alert, clock.now())
    assert escalate(service, clock.now()) == 1
    assert send() == [Result.SENT]
    assert len(mailbox.received) == 2


def test_a_finding_at_night_waits_for_the_morning(world, intake, service, send, mailbox, clock):
    night = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    clock.jump(night)
    world.finding(night, night)
    intake.look(night)
    assert escalate(service, night) == 0
    morning = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)  # 07:00 in Rome
    with service.transaction() as connection:
        assert repository.next_due(connection) == morning
    assert escalate(service, morning) == 1


def test_a_step_that_fails_is_put_off_and_holds_up_no_other(world, intake, service):
    world.urgent()
    world.urgent(series=world.leak)
    intake.look(NOW)
    world.connection.execute("UPDATE alerts.alert SET policy = '{}' WHERE kind = 'sos_button'")
    assert escalate(service, NOW) == 1
    bad, good = world.alerts()
    assert bad["escalates_at"] == NOW + timedelta(seconds=10)
    assert good["step"] == 1
