-- +goose Up
-- The latest mails to an address: what came back of them is shown beside it.
CREATE INDEX mail_address ON mail (lower(to_address));
