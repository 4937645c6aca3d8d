-- +goose Up
-- Places for papers inside a session of papers. What speeches do not fill is still free.
ALTER TABLE agenda_session ADD COLUMN slots INTEGER NOT NULL DEFAULT 0 CHECK (slots BETWEEN 0 AND 50);
-- A removed row stays, so that removing can be undone and a calendar's uid is never given out twice.
ALTER TABLE agenda_session ADD COLUMN removed_at INTEGER;

CREATE TABLE agenda_speaker (
    id              INTEGER PRIMARY KEY,
    edition_id      INTEGER NOT NULL REFERENCES edition (id),
    full_name       TEXT NOT NULL CHECK (full_name <> ''),
    folded          TEXT NOT NULL,               -- equal for two spellings of one name
    sort_key        BLOB NOT NULL,
    gender          TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    degree          TEXT NOT NULL DEFAULT '',    -- before the name: TS., PGS.TS.
    job_title_vi    TEXT NOT NULL DEFAULT '',
    job_title_en    TEXT NOT NULL DEFAULT '',
    organisation_vi TEXT NOT NULL DEFAULT '',
    organisation_en TEXT NOT NULL DEFAULT '',
    changed_at      INTEGER NOT NULL,
    removed_at      INTEGER
) STRICT;
CREATE INDEX agenda_speaker_order ON agenda_speaker (edition_id, sort_key, id);

-- One speaker's slot inside a session. It is counted from the session's start, so that it moves with it.
CREATE TABLE agenda_speech (
    id             INTEGER PRIMARY KEY,
    session_id     INTEGER NOT NULL REFERENCES agenda_session (id),
    speaker_id     INTEGER NOT NULL REFERENCES agenda_speaker (id),
    topic_vi       TEXT NOT NULL DEFAULT '',
    topic_en       TEXT NOT NULL DEFAULT '',
    offset_minutes INTEGER NOT NULL CHECK (offset_minutes >= 0),
    minutes        INTEGER NOT NULL CHECK (minutes > 0),
    changed_at     INTEGER NOT NULL,
    removed_at     INTEGER
) STRICT;
CREATE INDEX agenda_speech_session ON agenda_speech (session_id, offset_minutes, id);
CREATE INDEX agenda_speech_speaker ON agenda_speech (speaker_id);
