-- +goose Up
-- A role held for one edition only; staff_role goes on holding those for every edition.
-- The administrator is one everywhere or not at all.
CREATE TABLE staff_edition_role (
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    role       TEXT NOT NULL CHECK (role IN ('organiser', 'reception_supervisor', 'steward', 'press_officer')),
    PRIMARY KEY (staff_id, edition_id, role)
) STRICT, WITHOUT ROWID;
