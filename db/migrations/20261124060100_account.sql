-- +goose Up
CREATE TABLE staff (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    full_name     TEXT NOT NULL CHECK (full_name <> ''),
    password_hash TEXT NOT NULL DEFAULT '',      -- argon2id in PHC form; '' until the one-time link was used
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_role (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    role     TEXT NOT NULL CHECK (role IN ('administrator', 'organiser', 'steward')),
    PRIMARY KEY (staff_id, role)
) STRICT, WITHOUT ROWID;

-- A link that lets somebody in once: the first administrator, an invited colleague, a forgotten password.
-- reusable is set by the demo only.
CREATE TABLE one_time_link (
    id         INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('first_administrator', 'set_password', 'demo_sign_in')),
    staff_id   INTEGER REFERENCES staff (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    reusable   INTEGER NOT NULL DEFAULT 0 CHECK (reusable IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_session (
    id         INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER,
    device     TEXT NOT NULL DEFAULT ''          -- browser and system in words, for the list of one's sessions
) STRICT;
CREATE INDEX staff_session_staff ON staff_session (staff_id);

CREATE TABLE door_device (
    id              INTEGER PRIMARY KEY,
    edition_id      INTEGER NOT NULL REFERENCES edition (id),
    checkpoint_id   INTEGER NOT NULL,            -- of checkin; the room above looks it up
    name            TEXT NOT NULL CHECK (name <> ''),
    pairing_hash    BLOB UNIQUE,
    pairing_expires INTEGER,
    pairing_reuse   INTEGER NOT NULL DEFAULT 0 CHECK (pairing_reuse IN (0, 1)), -- demo only
    secret_hash     BLOB UNIQUE,
    paired_at       INTEGER,
    seen_at         INTEGER,
    revoked_at      INTEGER,
    created_by      INTEGER REFERENCES staff (id),
    created_at      INTEGER NOT NULL
) STRICT;
