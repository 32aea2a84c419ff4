import json

from ipc_server.batch import BatchAnswers


def test_answers_are_sent_in_the_order_of_the_items_once_all_are_there():
    sent = []
    answers = BatchAnswers(3, 100, sent.append)
    answers.at(2)(b"3")
    answers.at(0)(b"1")
    assert sent == []
    answers.at(1)(b"2")
    assert sent == [b"[1,2,3]"]


def test_notifications_have_no_place_in_the_array():
    sent = []
    answers = BatchAnswers(2, 100, sent.append)
    answers.at(0)(None)
    answers.at(1)(b"2")
    assert sent == [b"[2]"]


def test_a_batch_of_notifications_sends_nothing():
    sent = []
    answers = BatchAnswers(2, 100, sent.append)
    answers.at(0)(None)
    answers.at(1)(None)
    assert sent == []


def test_answers_over_the_limit_are_not_kept_and_one_error_is_sent():
    sent = []
    answers = BatchAnswers(5, 100, sent.append)
    for place in range(5):
        answers.at(place)(b"x" * 60)
    assert answers._answers == []
    (error,) = map(json.loads, sent)
    assert error["error"]["code"] == -32008
    assert "have 300 bytes; at most 100" in error["error"]["message"]
