-- +goose Up
-- A province is an identity; its names, kinds and statistical codes are dated. The codes were
-- re-used with another meaning in 2025, so a code is only ever a fact about one version.
CREATE TABLE province (
    id   INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    abbr TEXT NOT NULL UNIQUE CHECK (length(abbr) = 3 AND abbr = upper(abbr))
) STRICT;

CREATE TABLE province_version (
    id          INTEGER PRIMARY KEY,
    province_id INTEGER NOT NULL REFERENCES province (id),
    code_system TEXT NOT NULL,
    gso_code    TEXT NOT NULL,
    name_vi     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('province', 'city')),
    cluster     TEXT NOT NULL CHECK (cluster IN ('north', 'central', 'south')),
    sort_key    BLOB NOT NULL,
    valid_from  TEXT NOT NULL,
    valid_to    TEXT,
    legal_basis TEXT NOT NULL DEFAULT '',
    UNIQUE (province_id, valid_from),
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT;

CREATE TABLE province_lineage (
    old_id INTEGER NOT NULL REFERENCES province (id),
    new_id INTEGER NOT NULL REFERENCES province (id),
    on_day TEXT NOT NULL,
    PRIMARY KEY (old_id, new_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE edition (
    id              INTEGER PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    ordinal         INTEGER NOT NULL CHECK (ordinal BETWEEN 1 AND 200),
    title_vi        TEXT NOT NULL CHECK (title_vi <> ''),
    title_en        TEXT NOT NULL DEFAULT '',
    short_vi        TEXT NOT NULL CHECK (short_vi <> ''),
    short_en        TEXT NOT NULL DEFAULT '',
    prefix          TEXT NOT NULL,               -- of delegate numbers: KC22
    theme_vi        TEXT NOT NULL DEFAULT '',
    theme_en        TEXT NOT NULL DEFAULT '',
    starts_on       TEXT NOT NULL,
    ends_on         TEXT NOT NULL,
    venue_vi        TEXT NOT NULL DEFAULT '',
    venue_en        TEXT NOT NULL DEFAULT '',
    address_vi      TEXT NOT NULL DEFAULT '',
    address_en      TEXT NOT NULL DEFAULT '',
    organiser_vi    TEXT NOT NULL DEFAULT '',
    organiser_en    TEXT NOT NULL DEFAULT '',
    host_vi         TEXT NOT NULL DEFAULT '',
    host_en         TEXT NOT NULL DEFAULT '',
    contact_name    TEXT NOT NULL DEFAULT '',
    contact_phone   TEXT NOT NULL DEFAULT '',
    contact_email   TEXT NOT NULL DEFAULT '',
    register_by     INTEGER NOT NULL,            -- unix ms; the deadline of registration
    is_public       INTEGER NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1)),
    is_front        INTEGER NOT NULL DEFAULT 0 CHECK (is_front IN (0, 1)),
    is_sample       INTEGER NOT NULL DEFAULT 0 CHECK (is_sample IN (0, 1)),
    reported_vi     TEXT NOT NULL DEFAULT '',    -- what the press reported, as text: "trên 250"
    created_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE UNIQUE INDEX edition_front ON edition (is_front) WHERE is_front = 1;

CREATE TABLE edition_province (
    edition_id          INTEGER NOT NULL REFERENCES edition (id),
    province_version_id INTEGER NOT NULL REFERENCES province_version (id),
    role                TEXT NOT NULL CHECK (role IN ('host', 'member', 'guest', 'next_host')),
    PRIMARY KEY (edition_id, province_version_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX edition_host ON edition_province (edition_id) WHERE role = 'host';

CREATE TABLE delegate_group (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    code       TEXT NOT NULL,
    name_vi    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    position   INTEGER NOT NULL,
    colour     TEXT NOT NULL CHECK (colour IN ('son', 'gold', 'leaf', 'indigo', 'amber', 'ink')),
    category   INTEGER NOT NULL CHECK (category BETWEEN 0 AND 255), -- of the badge code
    UNIQUE (edition_id, code),
    UNIQUE (edition_id, position)
) STRICT;

-- An organisation lives longer than one edition; its name is dated by the row that follows it.
CREATE TABLE organisation (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('ministry', 'ministry_department', 'provincial_committee', 'doit', 'ipc',
                    'provincial_agency', 'district_unit', 'commune_unit', 'rural_enterprise', 'craft_village',
                    'association', 'academia', 'bank', 'distributor', 'press_central', 'press_local', 'service')),
    province_id INTEGER REFERENCES province (id),
    name_vi     TEXT NOT NULL CHECK (name_vi <> ''),
    name_en     TEXT NOT NULL DEFAULT '',
    folded      TEXT NOT NULL,
    email       TEXT NOT NULL DEFAULT '',
    phone       TEXT NOT NULL DEFAULT '',
    valid_from  TEXT NOT NULL DEFAULT '',
    valid_to    TEXT,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX organisation_province ON organisation (province_id, kind);
