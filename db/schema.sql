-- The schema after all migrations, written by: UPDATE_GOLDEN=1 go test ./conference -run TestSchemaIsAsRecorded

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
    changed_at INTEGER NOT NULL, slots INTEGER NOT NULL DEFAULT 0 CHECK (slots BETWEEN 0 AND 50), removed_at INTEGER,
    CHECK (ends_at > starts_at)
) STRICT;

CREATE INDEX agenda_session_time ON agenda_session (edition_id, starts_at);

CREATE TABLE agenda_speaker (
    id              INTEGER PRIMARY KEY,
    edition_id      INTEGER NOT NULL REFERENCES edition (id),
    full_name       TEXT NOT NULL CHECK (full_name <> ''),
    folded          TEXT NOT NULL,               -- equal for two spellings of one name
    sort_key        BLOB NOT NULL,
    gender          TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    degree          TEXT NOT NULL DEFAULT '',    -- before the name: TS., PGS.TS.
    job_title_vi    TEXT NOT NULL DEFAULT '',
    job_title_en    TEXT NOT NULL DEFAULT '',
    organisation_vi TEXT NOT NULL DEFAULT '',
    organisation_en TEXT NOT NULL DEFAULT '',
    changed_at      INTEGER NOT NULL,
    removed_at      INTEGER
) STRICT;

CREATE INDEX agenda_speaker_order ON agenda_speaker (edition_id, sort_key, id);

CREATE TABLE agenda_speech (
    id             INTEGER PRIMARY KEY,
    session_id     INTEGER NOT NULL REFERENCES agenda_session (id),
    speaker_id     INTEGER NOT NULL REFERENCES agenda_speaker (id),
    topic_vi       TEXT NOT NULL DEFAULT '',
    topic_en       TEXT NOT NULL DEFAULT '',
    offset_minutes INTEGER NOT NULL CHECK (offset_minutes >= 0),
    minutes        INTEGER NOT NULL CHECK (minutes > 0),
    changed_at     INTEGER NOT NULL,
    removed_at     INTEGER
) STRICT;

CREATE INDEX agenda_speech_session ON agenda_speech (session_id, offset_minutes, id);

CREATE INDEX agenda_speech_speaker ON agenda_speech (speaker_id);

CREATE VIEW arrival AS
SELECT edition_id, delegate_id, scan_id, checkpoint_id, device_id, by_hand, at
FROM (SELECT edition_id, delegate_id, id AS scan_id, checkpoint_id, device_id, by_hand, effective_at AS at,
          row_number() OVER (PARTITION BY edition_id, delegate_id ORDER BY effective_at, id) AS place
      FROM scan
      WHERE undone_at IS NULL AND verdict IN ('accepted', 'already') AND delegate_id IS NOT NULL)
WHERE place = 1;

CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;

CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;

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

CREATE INDEX audit_edition ON audit_entry (edition_id, id);

CREATE INDEX audit_subject ON audit_entry (subject_kind, subject_id);

CREATE TABLE badge (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    number      INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 0 AND 1099511627775), -- 40 random bits
    delegate_id INTEGER NOT NULL,
    key_id      INTEGER NOT NULL CHECK (key_id BETWEEN 0 AND 15),
    category    INTEGER NOT NULL CHECK (category BETWEEN 0 AND 255),
    days        INTEGER NOT NULL CHECK (days BETWEEN 0 AND 255),
    issued      INTEGER NOT NULL CHECK (issued BETWEEN 0 AND 65535),  -- hours since the edition's badge epoch
    issued_at   INTEGER NOT NULL,
    revoked_at  INTEGER,
    reason      TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'withdrawn', 'substituted', 'lost'))
) STRICT;

CREATE INDEX badge_edition ON badge (edition_id);

CREATE UNIQUE INDEX badge_live ON badge (delegate_id) WHERE revoked_at IS NULL;

CREATE TABLE campaign (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    mails      INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    code       TEXT NOT NULL,
    name_vi    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    position   INTEGER NOT NULL, closed_at INTEGER,
    UNIQUE (edition_id, code)
) STRICT;

CREATE TABLE checkpoint_group (
    checkpoint_id     INTEGER NOT NULL REFERENCES checkpoint (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    PRIMARY KEY (checkpoint_id, delegate_group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    id              INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisation (id),
    position        INTEGER NOT NULL,            -- the first is the one to be asked
    full_name       TEXT NOT NULL CHECK (full_name <> ''),
    name_key        TEXT NOT NULL,               -- equal for two spellings of one name
    job_title       TEXT NOT NULL DEFAULT '',
    phone           TEXT NOT NULL DEFAULT '',    -- E.164
    other_phone     TEXT NOT NULL DEFAULT '',
    email           TEXT NOT NULL DEFAULT '',
    source          TEXT NOT NULL CHECK (source IN ('import', 'desk')),
    consented       INTEGER NOT NULL DEFAULT 0 CHECK (consented IN (0, 1)), -- to be kept for later editions
    created_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX contact_organisation ON contact (organisation_id, position);

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

CREATE TABLE delegate (
    id                INTEGER PRIMARY KEY,
    edition_id        INTEGER NOT NULL REFERENCES edition (id),
    delegation_id     INTEGER NOT NULL REFERENCES delegation (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    number            TEXT NOT NULL,             -- KC22-TNI-003, printed and spoken; no secret
    client_key        TEXT NOT NULL,             -- made by the form: the same posting twice is one delegate
    full_name         TEXT NOT NULL CHECK (full_name <> ''),
    folded            TEXT NOT NULL,             -- name, organisation and number without diacritics, for search
    name_key          TEXT NOT NULL,             -- equal for two spellings of one name: a double entry is warned about
    sort_key          BLOB NOT NULL,
    gender            TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    job_title         TEXT NOT NULL DEFAULT '',
    organisation      TEXT NOT NULL DEFAULT '',
    phone             TEXT NOT NULL DEFAULT '',  -- E.164
    email             TEXT NOT NULL DEFAULT '',
    state             TEXT NOT NULL CHECK (state IN ('listed', 'registered', 'withdrawn')),
    generation        INTEGER NOT NULL DEFAULT 1,
    token_hash        BLOB UNIQUE,
    registered_at     INTEGER,
    created_at        INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    UNIQUE (edition_id, number),
    UNIQUE (delegation_id, client_key)
) STRICT;

CREATE INDEX delegate_delegation ON delegate (delegation_id, delegate_group_id, state);

CREATE INDEX delegate_name ON delegate (edition_id, name_key);

CREATE INDEX delegate_order ON delegate (edition_id, sort_key, id);

CREATE TABLE delegate_counter (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    abbr       TEXT NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (edition_id, abbr)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE delegation (
    id            INTEGER PRIMARY KEY,
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    invitation_id INTEGER UNIQUE REFERENCES invitation (id),
    head_id       INTEGER,                       -- of delegate; checked by the room
    submitted_at  INTEGER,                       -- when the list was last sent to the organisers
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX delegation_edition ON delegation (edition_id);

CREATE UNIQUE INDEX delegation_guests ON delegation (edition_id) WHERE invitation_id IS NULL;

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

CREATE TABLE edition_copy (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    source_id  INTEGER NOT NULL REFERENCES edition (id),
    chosen_at  INTEGER NOT NULL,
    copied_at  INTEGER,                          -- NULL: the organiser is still deciding
    result     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(result)), -- numbers only
    CHECK (edition_id <> source_id)
) STRICT;

CREATE TABLE edition_gone (
    id      INTEGER PRIMARY KEY,
    gone_at INTEGER NOT NULL
) STRICT;

CREATE TABLE edition_province (
    edition_id          INTEGER NOT NULL REFERENCES edition (id),
    province_version_id INTEGER NOT NULL REFERENCES province_version (id),
    role                TEXT NOT NULL CHECK (role IN ('host', 'member', 'guest', 'next_host')),
    PRIMARY KEY (edition_id, province_version_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX edition_host ON edition_province (edition_id) WHERE role = 'host';

CREATE TABLE edition_step (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    step       TEXT NOT NULL CHECK (step IN ('provinces', 'groups')),
    done_at    INTEGER NOT NULL,
    PRIMARY KEY (edition_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE focal_consent (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    text_version  TEXT NOT NULL,                 -- of the words that were shown
    given_at      INTEGER NOT NULL,
    withdrawn_at  INTEGER
) STRICT;

CREATE UNIQUE INDEX focal_consent_valid ON focal_consent (invitation_id) WHERE withdrawn_at IS NULL;

CREATE TABLE hand_delivery (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    generation    INTEGER NOT NULL,           -- of the link that was handed over
    channel       TEXT NOT NULL CHECK (channel IN ('zalo', 'sms', 'paper')),
    delivered_by  TEXT NOT NULL,
    delivered_at  INTEGER NOT NULL,
    undone_by     TEXT NOT NULL DEFAULT '',
    undone_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX hand_delivery_live ON hand_delivery (invitation_id, generation, channel) WHERE undone_at IS NULL;

CREATE TABLE import_cells (
    import_id INTEGER PRIMARY KEY REFERENCES import_job (id),
    cells     BLOB NOT NULL                      -- the tables of the file, JSON, gzip
) STRICT;

CREATE TABLE import_change (
    id              INTEGER PRIMARY KEY,
    import_id       INTEGER NOT NULL REFERENCES import_job (id),
    row_number      INTEGER NOT NULL,            -- in the file
    organisation_id INTEGER NOT NULL REFERENCES organisation (id),
    field           TEXT NOT NULL,               -- '' for a new organisation
    before          TEXT NOT NULL DEFAULT '',
    after           TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX import_change_import ON import_change (import_id, field, id);

CREATE TABLE import_job (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file_name    TEXT NOT NULL,
    size         INTEGER NOT NULL,
    choices      TEXT NOT NULL CHECK (json_valid(choices)),
    state        TEXT NOT NULL CHECK (state IN ('uploaded', 'applying', 'applied', 'failed')),
    total        INTEGER NOT NULL DEFAULT 0,     -- organisations in it
    done         INTEGER NOT NULL DEFAULT 0,     -- of them
    added        INTEGER NOT NULL DEFAULT 0,
    changed      INTEGER NOT NULL DEFAULT 0,
    unchanged    INTEGER NOT NULL DEFAULT 0,
    left_out     INTEGER NOT NULL DEFAULT 0,     -- rows with errors that the organiser chose to leave out
    by_id        INTEGER NOT NULL,
    by_label     TEXT NOT NULL,
    uploaded_at  INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;

CREATE INDEX import_job_state ON import_job (state);

CREATE TABLE invitation (
    id                  INTEGER PRIMARY KEY,
    edition_id          INTEGER NOT NULL REFERENCES edition (id),
    organisation_id     INTEGER NOT NULL REFERENCES organisation (id),
    province_version_id INTEGER REFERENCES province_version (id), -- as of the edition
    generation          INTEGER NOT NULL DEFAULT 1,
    token_hash          BLOB UNIQUE,             -- NULL only inside the write that makes the row
    code_hash           BLOB UNIQUE,
    focal_name          TEXT NOT NULL DEFAULT '',
    focal_phone         TEXT NOT NULL DEFAULT '',
    focal_email         TEXT NOT NULL DEFAULT '',
    register_by         INTEGER,                 -- own deadline; NULL: the edition's
    queued_at           INTEGER,                 -- when it was last put into the outbox
    opened_at           INTEGER,                 -- first GET of the link: may be a mail scanner
    answer              TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'accepted', 'declined')),
    answered_at         INTEGER,
    decline_reason      TEXT NOT NULL DEFAULT '',
    created_at          INTEGER NOT NULL,
    changed_at          INTEGER NOT NULL,
    UNIQUE (edition_id, organisation_id)
) STRICT;

CREATE TABLE invitation_copy (
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    position      INTEGER NOT NULL,
    address       TEXT NOT NULL COLLATE NOCASE,
    name          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (invitation_id, position),
    UNIQUE (invitation_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation_gone (
    id      INTEGER PRIMARY KEY,
    gone_at INTEGER NOT NULL
) STRICT;

CREATE TABLE invitation_message (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE invitation_old_hash (
    hash          BLOB PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    replaced_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation_question (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    client_key    TEXT NOT NULL,              -- of the form: the same one posted twice is one question
    asker_name    TEXT NOT NULL,
    asker_phone   TEXT NOT NULL DEFAULT '',
    asker_email   TEXT NOT NULL DEFAULT '',
    question      TEXT NOT NULL,
    asked_at      INTEGER NOT NULL,
    answer        TEXT NOT NULL DEFAULT '',   -- in words, read by the organisation on its page; may stay empty
    answered_by   TEXT NOT NULL DEFAULT '',
    answered_at   INTEGER,
    UNIQUE (invitation_id, client_key)
) STRICT;

CREATE INDEX invitation_question_asked ON invitation_question (invitation_id, asked_at);

CREATE INDEX invitation_question_waiting ON invitation_question (invitation_id) WHERE answered_at IS NULL;

CREATE TABLE invitation_substitute (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id), -- that was declined
    organisation  TEXT NOT NULL,
    contact_name  TEXT NOT NULL DEFAULT '',
    contact_phone TEXT NOT NULL DEFAULT '',
    contact_email TEXT NOT NULL DEFAULT '',
    proposed_at   INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'invited', 'refused', 'withdrawn')),
    note          TEXT NOT NULL DEFAULT '',   -- why it was refused, read by the organisation
    decided_by    TEXT NOT NULL DEFAULT '',
    decided_at    INTEGER,
    invited_id    INTEGER REFERENCES invitation (id),
    seats_moved   INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'invited') = (invited_id IS NOT NULL))
) STRICT;

CREATE INDEX invitation_substitute_invited ON invitation_substitute (invited_id) WHERE invited_id IS NOT NULL;

CREATE INDEX invitation_substitute_of ON invitation_substitute (invitation_id);

CREATE UNIQUE INDEX invitation_substitute_open ON invitation_substitute (invitation_id) WHERE state = 'open';

CREATE TABLE invitation_text (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE letter_template (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    kind        TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name        TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    data        BLOB NOT NULL,
    UNIQUE (edition_id, kind)
) STRICT;

CREATE TABLE letter_text (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    kind       TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    parent     TEXT NOT NULL DEFAULT '',      -- superior agency
    agency     TEXT NOT NULL,
    symbol     TEXT NOT NULL DEFAULT '',      -- after the number, which is never kept here
    place      TEXT NOT NULL,
    abstract   TEXT NOT NULL,
    addressees TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL,
    recipients TEXT NOT NULL,
    authority  TEXT NOT NULL,
    signer     TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (edition_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail (
    id           INTEGER PRIMARY KEY,
    edition_id   INTEGER REFERENCES edition (id),
    kind         TEXT NOT NULL,                  -- which composer makes it: invitation.invite, delegation.confirm …
    subject_id   INTEGER NOT NULL,               -- row of the room that queued it
    campaign_id  INTEGER,                        -- frozen texts of the room that queued it
    lang         TEXT NOT NULL DEFAULT 'vi' CHECK (lang IN ('vi', 'en')),
    to_address   TEXT NOT NULL,
    to_name      TEXT NOT NULL DEFAULT '',
    folded       TEXT NOT NULL DEFAULT '',       -- name and address, to be searched in
    message_id   TEXT NOT NULL UNIQUE,           -- fixed at queueing: a repeated mail carries the same one
    dedupe_key   TEXT UNIQUE,                    -- the same mail is queued once
    state        TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'stopped')),
    attempts     INTEGER NOT NULL DEFAULT 0,     -- deliveries tried in all
    refusals     INTEGER NOT NULL DEFAULT 0,     -- temporary ones since it was queued or sent again: picks the next wait
    unknowns     INTEGER NOT NULL DEFAULT 0,     -- outcomes that nobody knows: with one or more it may have arrived
    due_at       INTEGER,                        -- NULL: the program will not try again by itself
    give_up_at   INTEGER NOT NULL,               -- after it a temporary refusal is final
    leased_until INTEGER,
    queued_at    INTEGER NOT NULL,
    sent_at      INTEGER,
    transport    TEXT NOT NULL DEFAULT '',       -- smtp or local, once sent
    subject      TEXT NOT NULL DEFAULT '',       -- as sent
    body         TEXT NOT NULL DEFAULT '', heads TEXT NOT NULL DEFAULT '',       -- as sent, every personal link blanked
    CHECK (state NOT IN ('queued', 'sending') OR due_at IS NOT NULL),
    CHECK (state IN ('queued', 'sending', 'unknown') OR due_at IS NULL),
    CHECK ((state = 'sending') = (leased_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;

CREATE INDEX mail_address ON mail (lower(to_address));

CREATE INDEX mail_campaign ON mail (campaign_id, state) WHERE campaign_id IS NOT NULL;

CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL AND leased_until IS NULL;

CREATE INDEX mail_edition ON mail (edition_id, state);

CREATE INDEX mail_leased ON mail (leased_until) WHERE leased_until IS NOT NULL;

CREATE INDEX mail_subject ON mail (kind, subject_id);

CREATE TABLE mail_attempt (
    id         INTEGER PRIMARY KEY,
    mail_id    INTEGER NOT NULL REFERENCES mail (id),
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    outcome    TEXT NOT NULL CHECK (outcome IN ('started', 'accepted', 'local', 'temporary', 'permanent', 'unknown', 'not_sent')),
    code       INTEGER NOT NULL DEFAULT 0,
    answer     TEXT NOT NULL DEFAULT ''          -- the server's words; or, as JSON, a text of the program's own
) STRICT;

CREATE INDEX mail_attempt_mail ON mail_attempt (mail_id);

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

CREATE TABLE mail_hold (
    campaign_id INTEGER PRIMARY KEY,
    held_at     INTEGER NOT NULL,
    held_by     TEXT NOT NULL
) STRICT;

CREATE TABLE mail_return_box (
    place    TEXT PRIMARY KEY,                  -- server and folder
    validity INTEGER NOT NULL,                  -- UIDVALIDITY: with another one the numbers start anew
    last_uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
, other_phone TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX organisation_name ON organisation (folded);

CREATE INDEX organisation_province ON organisation (province_id, kind);

CREATE TABLE press_application (
    id             INTEGER PRIMARY KEY,
    edition_id     INTEGER NOT NULL REFERENCES edition (id),
    client_key     TEXT NOT NULL,              -- made by the form: the same posting twice is one application
    outlet         TEXT NOT NULL CHECK (outlet <> ''),
    outlet_kind    TEXT NOT NULL CHECK (outlet_kind IN ('print', 'online', 'broadcast', 'magazine', 'agency')),
    full_name      TEXT NOT NULL CHECK (full_name <> ''),
    gender         TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    role           TEXT NOT NULL CHECK (role IN ('reporter', 'editor', 'photographer', 'camera', 'technician')),
    card_number    TEXT NOT NULL DEFAULT '',   -- of the press card; '' with a letter of introduction
    phone          TEXT NOT NULL,              -- E.164
    email          TEXT NOT NULL,
    needs          TEXT NOT NULL DEFAULT '',
    lang           TEXT NOT NULL CHECK (lang IN ('vi', 'en')),
    notice_version TEXT NOT NULL,              -- of the privacy notice that was read
    folded         TEXT NOT NULL,              -- name and outlet without diacritics, for search
    state          TEXT NOT NULL CHECK (state IN ('new', 'approved', 'refused', 'revoked')),
    reason         TEXT NOT NULL DEFAULT '',   -- of refusing or revoking, as mailed
    decided_at     INTEGER,
    decided_by     TEXT NOT NULL DEFAULT '',   -- who took the latest decision
    delegate_id    INTEGER REFERENCES delegate (id),
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    UNIQUE (edition_id, client_key),
    CHECK ((state IN ('approved', 'revoked')) = (delegate_id IS NOT NULL))
) STRICT;

CREATE INDEX press_application_edition ON press_application (edition_id, state, id);

CREATE TABLE press_desk (
    edition_id    INTEGER PRIMARY KEY REFERENCES edition (id),
    contact_name  TEXT NOT NULL DEFAULT '',
    contact_phone TEXT NOT NULL DEFAULT '',    -- E.164
    contact_email TEXT NOT NULL DEFAULT '',
    spokesperson  TEXT NOT NULL DEFAULT '',
    words_vi      TEXT NOT NULL DEFAULT '',
    words_en      TEXT NOT NULL DEFAULT '',
    apply_by      INTEGER,                     -- NULL: until the edition ends
    changed_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE press_letter (
    application_id INTEGER PRIMARY KEY REFERENCES press_application (id),
    media_type     TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    content        BLOB NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE province (
    id   INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    abbr TEXT NOT NULL UNIQUE CHECK (length(abbr) = 3 AND abbr = upper(abbr))
) STRICT;

CREATE TABLE province_lineage (
    old_id INTEGER NOT NULL REFERENCES province (id),
    new_id INTEGER NOT NULL REFERENCES province (id),
    on_day TEXT NOT NULL,
    PRIMARY KEY (old_id, new_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE quota (
    invitation_id     INTEGER NOT NULL REFERENCES invitation (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    seats             INTEGER NOT NULL CHECK (seats BETWEEN 0 AND 1000),
    PRIMARY KEY (invitation_id, delegate_group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reminder (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    campaign_id   INTEGER REFERENCES campaign (id), -- its text and who sent it
    mail_id       INTEGER REFERENCES mail (id),
    step          INTEGER CHECK (step IN (1, 2)),   -- of the plan; NULL: sent by hand
    outcome       TEXT NOT NULL CHECK (outcome IN ('queued', 'missed')),
    reason        TEXT NOT NULL DEFAULT '',         -- why it was missed
    due_at        INTEGER,                          -- when the plan wanted it
    at            INTEGER NOT NULL,                 -- when it was queued, or found missed
    UNIQUE (invitation_id, step),                   -- at most once, whatever is restarted
    CHECK ((outcome = 'queued') = (campaign_id IS NOT NULL)),
    CHECK ((outcome = 'queued') = (mail_id IS NOT NULL)),
    CHECK ((step IS NULL) = (due_at IS NULL)),
    CHECK (outcome = 'queued' OR step IS NOT NULL)
) STRICT;

CREATE INDEX reminder_invitation ON reminder (invitation_id, at);

CREATE TABLE reminder_plan (
    edition_id   INTEGER PRIMARY KEY REFERENCES edition (id),
    days_1       INTEGER NOT NULL CHECK (days_1 BETWEEN 1 AND 60), -- days before each invitation's own deadline
    days_2       INTEGER NOT NULL CHECK (days_2 BETWEEN 0 AND 59), -- 0: one reminder only
    at_minute    INTEGER NOT NULL CHECK (at_minute BETWEEN 0 AND 1439), -- of the day, Vietnam time
    subject      TEXT NOT NULL,
    body         TEXT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,             -- what fell due before it is not sent
    withdrawn_at INTEGER,                      -- taken back: nothing is sent
    CHECK (days_2 < days_1)
) STRICT;

CREATE TABLE reminder_text (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE "scan" (
    id            TEXT PRIMARY KEY CHECK (length(id) = 36),
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    checkpoint_id INTEGER NOT NULL REFERENCES checkpoint (id),
    device_id     INTEGER NOT NULL REFERENCES door_device (id),
    seq           INTEGER NOT NULL,              -- the device's own count
    badge_number  INTEGER,                       -- NULL: by hand, or not a badge of ours
    delegate_id   INTEGER,                       -- NULL: no such delegate
    by_hand       INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    anyway        INTEGER NOT NULL DEFAULT 0 CHECK (anyway IN (0, 1)), -- let in although the checkpoint does not admit the group
    reason        TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'forgot', 'lost', 'damaged', 'permitted', 'escort', 'other')),
    device_time   INTEGER NOT NULL,
    skew          INTEGER NOT NULL,              -- arrival minus the device's clock at upload, ms
    effective_at  INTEGER NOT NULL,              -- device time + skew, never after arrival
    arrived_at    INTEGER NOT NULL,
    clock_doubt   INTEGER NOT NULL DEFAULT 0 CHECK (clock_doubt IN (0, 1)),
    verdict       TEXT NOT NULL CHECK (verdict IN ('accepted', 'already', 'wrong_group', 'revoked', 'withdrawn', 'unknown', 'forged', 'other_event', 'not_a_badge')),
    first_id      TEXT,                          -- with 'already': the scan that the device was told was first
    shown         TEXT NOT NULL DEFAULT '',      -- what the device had shown by itself
    undone_at     INTEGER,
    version       INTEGER NOT NULL               -- grows with each row and each undoing: the cursor of the devices
) STRICT, WITHOUT ROWID;

CREATE INDEX scan_edition ON scan (edition_id, delegate_id, effective_at, id) WHERE undone_at IS NULL AND verdict IN ('accepted', 'already');

CREATE UNIQUE INDEX scan_version ON scan (version);

CREATE INDEX scan_winner ON scan (checkpoint_id, delegate_id, effective_at, id) WHERE undone_at IS NULL AND verdict IN ('accepted', 'already');

CREATE TABLE schema_checksum (version INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT;

CREATE TABLE signed_letter (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    kind          TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name          TEXT NOT NULL,              -- of the file as it was uploaded
    size          INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    sha256        TEXT NOT NULL,
    pages         INTEGER NOT NULL CHECK (pages > 0),
    uploaded_by   TEXT NOT NULL,
    uploaded_at   INTEGER NOT NULL,
    data          BLOB NOT NULL,
    UNIQUE (invitation_id, kind)
) STRICT;

CREATE TABLE "signed_upload" (
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

CREATE TABLE staff (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    full_name     TEXT NOT NULL CHECK (full_name <> ''),
    password_hash TEXT NOT NULL DEFAULT '',      -- argon2id in PHC form; '' until the one-time link was used
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_edition_role (
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    role       TEXT NOT NULL CHECK (role IN ('organiser', 'reception_supervisor', 'steward', 'press_officer')),
    PRIMARY KEY (staff_id, edition_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE "staff_role" (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    role     TEXT NOT NULL CHECK (role IN ('administrator', 'organiser', 'reception_supervisor', 'steward', 'press_officer')),
    PRIMARY KEY (staff_id, role)
) STRICT, WITHOUT ROWID;

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
