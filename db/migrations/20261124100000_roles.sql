-- +goose Up
-- A CHECK cannot be changed in place. Nothing refers to this table, so it is made anew.
CREATE TABLE staff_role_new (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    role     TEXT NOT NULL CHECK (role IN ('administrator', 'organiser', 'reception_supervisor', 'steward', 'press_officer')),
    PRIMARY KEY (staff_id, role)
) STRICT, WITHOUT ROWID;

INSERT INTO staff_role_new (staff_id, role) SELECT staff_id, role FROM staff_role;

DROP TABLE staff_role;

ALTER TABLE staff_role_new RENAME TO staff_role;
