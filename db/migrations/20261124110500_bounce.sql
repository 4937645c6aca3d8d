-- +goose Up
-- What a mail server said after it had taken a mail: that it cannot be delivered (hard), or not
-- now (soft). One row for each thing said about one mail, however often the report is read.
CREATE TABLE mail_bounce (
    id          INTEGER PRIMARY KEY,
    mail_id     INTEGER NOT NULL REFERENCES mail (id),
    kind        TEXT NOT NULL CHECK (kind IN ('hard', 'soft')),
    code        TEXT NOT NULL DEFAULT '',       -- RFC 3463, such as 5.1.1; '' when the report has none
    answer      TEXT NOT NULL DEFAULT '',       -- the server's own words, cut
    source      TEXT NOT NULL CHECK (source IN ('imap', 'maildir', 'pasted')),
    received_at INTEGER NOT NULL,               -- when it was read here
    UNIQUE (mail_id, kind, code)
) STRICT;

-- How far the mailbox of returned mail has been read.
CREATE TABLE mail_return_box (
    place    TEXT PRIMARY KEY,                  -- server and folder
    validity INTEGER NOT NULL,                  -- UIDVALIDITY: with another one the numbers start anew
    last_uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
