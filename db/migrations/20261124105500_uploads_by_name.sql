-- +goose Up
-- One PDF may be uploaded under several names, once for each organisation: what waits is told
-- apart by its name, not by what it holds. A UNIQUE cannot be changed in place, and nothing refers to this table.
CREATE TABLE signed_upload_new (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    kind        TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name        TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    sha256      TEXT NOT NULL,
    pages       INTEGER NOT NULL CHECK (pages > 0),
    uploaded_by TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    data        BLOB NOT NULL,
    UNIQUE (edition_id, kind, name)
) STRICT;

INSERT INTO signed_upload_new (id, edition_id, kind, name, size, sha256, pages, uploaded_by, uploaded_at, data)
SELECT id, edition_id, kind, CASE n WHEN 1 THEN name ELSE '(' || n || ') ' || name END, size, sha256, pages, uploaded_by, uploaded_at, data
FROM (SELECT *, row_number() OVER (PARTITION BY edition_id, kind, name ORDER BY id) AS n FROM signed_upload);

DROP TABLE signed_upload;

ALTER TABLE signed_upload_new RENAME TO signed_upload;
