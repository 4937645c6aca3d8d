-- +goose Up
-- Names, crafts and products of a village are written in Vietnamese in every language.
CREATE TABLE craft_village (
    id                 INTEGER PRIMARY KEY,
    slug               TEXT NOT NULL UNIQUE CHECK (slug <> ''),        -- of addresses; never changes
    name               TEXT NOT NULL CHECK (name <> ''),
    craft              TEXT NOT NULL CHECK (craft <> ''),
    craft_group        TEXT NOT NULL CHECK (craft_group IN ('food', 'seafood', 'drink', 'textile', 'plaiting', 'pottery', 'wood', 'metal', 'stone', 'handicraft', 'garden')),
    products           TEXT NOT NULL DEFAULT '',
    place_2022         TEXT NOT NULL DEFAULT '',                       -- commune and district before 1 July 2025
    place_now          TEXT NOT NULL DEFAULT '',                       -- commune of today, as far as known
    province_then_id   INTEGER NOT NULL REFERENCES province (id),
    province_now_id    INTEGER NOT NULL REFERENCES province (id),      -- what the former became part of; follows from the lineage
    recognised_as      TEXT NOT NULL DEFAULT '',                       -- codes between spaces
    recognised_certain INTEGER NOT NULL DEFAULT 0 CHECK (recognised_certain IN (0, 1)),
    confidence         TEXT NOT NULL CHECK (confidence IN ('high', 'medium')), -- medium: the whole entry still needs confirmation
    note_vi            TEXT NOT NULL DEFAULT '',
    note_en            TEXT NOT NULL DEFAULT '',
    to_check           TEXT NOT NULL DEFAULT '',                       -- for the organisers only
    folded             TEXT NOT NULL,
    sort_key           BLOB NOT NULL,
    published          INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
    edited             INTEGER NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)), -- by an organiser; the seed leaves such rows alone
    changed_at         INTEGER NOT NULL,
    CHECK (recognised_certain = 0 OR recognised_as <> '')
) STRICT;

-- A number is never used twice, so that an address kept in caches never shows another picture.
CREATE TABLE craft_village_photo (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    village_id INTEGER NOT NULL REFERENCES craft_village (id),
    position   INTEGER NOT NULL,
    width      INTEGER NOT NULL CHECK (width BETWEEN 1 AND 1600),
    height     INTEGER NOT NULL CHECK (height BETWEEN 1 AND 1600),
    jpeg       BLOB NOT NULL,                                          -- encoded here, so without any metadata
    thumb      BLOB NOT NULL,
    digest     TEXT NOT NULL,                                          -- of jpeg, for the ETag
    credit     TEXT NOT NULL CHECK (credit <> ''),
    alt_vi     TEXT NOT NULL CHECK (alt_vi <> ''),
    alt_en     TEXT NOT NULL DEFAULT '',
    added_at   INTEGER NOT NULL,
    UNIQUE (village_id, position)
) STRICT;
