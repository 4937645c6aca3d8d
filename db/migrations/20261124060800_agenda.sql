-- +goose Up
CREATE TABLE agenda_session (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    uid        TEXT NOT NULL UNIQUE,             -- stable in calendars
    kind       TEXT NOT NULL CHECK (kind IN ('reception', 'performance', 'ceremony', 'speech', 'report', 'paper', 'discussion', 'break', 'meal', 'field_trip', 'gala')),
    title_vi   TEXT NOT NULL CHECK (title_vi <> ''),
    title_en   TEXT NOT NULL DEFAULT '',
    by_vi      TEXT NOT NULL DEFAULT '',
    by_en      TEXT NOT NULL DEFAULT '',
    room_vi    TEXT NOT NULL DEFAULT '',
    room_en    TEXT NOT NULL DEFAULT '',
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'press', 'delegates', 'internal')),
    sequence   INTEGER NOT NULL DEFAULT 0,       -- of the calendar entry, raised by each change
    changed_at INTEGER NOT NULL,
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX agenda_session_time ON agenda_session (edition_id, starts_at);
