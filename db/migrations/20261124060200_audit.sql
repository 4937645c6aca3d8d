-- +goose Up
CREATE TABLE audit_entry (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor_id     INTEGER NOT NULL,
    actor_label  TEXT NOT NULL,
    edition_id   INTEGER,
    action       TEXT NOT NULL,                  -- room.verb, e.g. invitation.send
    subject_kind TEXT NOT NULL,                  -- table of the subject
    subject_id   INTEGER NOT NULL,
    detail       TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail))
) STRICT;
CREATE INDEX audit_subject ON audit_entry (subject_kind, subject_id);
CREATE INDEX audit_edition ON audit_entry (edition_id, id);

-- +goose StatementBegin
CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
-- +goose StatementEnd
