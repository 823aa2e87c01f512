from storage.schema.codec import emotions_in


def test_label_sets_of_older_versions_are_read_though_they_could_not_be_made_today():
    old = emotions_in([["Joy", "\U0001f602"], ["joy", "\U0001f622"], ["fear", "word"]])
    assert [(emotion.name, emotion.emoji) for emotion in old.emotions] == [("Joy", "\U0001f602"), ("fear", "")]
