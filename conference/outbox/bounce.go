package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hoinghi/db"
)

// BounceKind says whether a returned mail may arrive another time. Its text for people is
// the locale key "outbox.bounce." + kind.
type BounceKind string

// The kinds of a bounce.
const (
	BounceHard BounceKind = "hard" // will not arrive there: no such mailbox, refused
	BounceSoft BounceKind = "soft" // did not arrive now: mailbox full, server away
)

// CameBack in Filter.State picks the mails that came back, hard or soft; it is no state of a mail.
const CameBack = "bounced"

// BounceSource says how a returned mail came here. Its text for people is the locale
// key "outbox.bounce.source." + source.
type BounceSource string

// The sources of a bounce.
const (
	SourceIMAP    BounceSource = "imap"
	SourceMaildir BounceSource = "maildir"
	SourcePasted  BounceSource = "pasted" // by a person at the desk
)

// Bounce is what a mail server reported about a mail after somebody had taken it for
// delivery. The mail's State stays sent: it was.
type Bounce struct {
	ID         int64
	Mail       int64
	Kind       BounceKind
	Code       string // RFC 3463, such as 5.1.1; "" when the report has none
	Answer     string // the server's words, whatever their language
	Source     BounceSource
	ReceivedAt db.Time

	subject int64
}

// Advice names what helps: "address" (correct it), "full" (call them, send later),
// "refused" (as spam or by a rule), "later" or "other". Its text for people is the
// locale key "outbox.bounce.advice." + advice.
func (b Bounce) Advice() string {
	_, detail, _ := strings.Cut(b.Code, ".")
	switch {
	case detail == "2.2":
		return "full"
	case b.Kind == BounceSoft:
		return "later"
	case strings.HasPrefix(detail, "7."):
		return "refused"
	case detail == "" || strings.HasPrefix(detail, "0.") || strings.HasPrefix(detail, "1.") || detail == "2.1" || detail == "4.1" || detail == "4.4":
		return "address"
	}
	return "other"
}

func (b *Bounce) fields() []any {
	return []any{&b.ID, &b.Mail, &b.Kind, &b.Code, &b.Answer, &b.Source, &b.ReceivedAt, &b.subject}
}

// The soft come first, so that a hard one of the same mail takes their place in a map.
const (
	bounceRow        = `SELECT b.id, b.mail_id, b.kind, b.code, b.answer, b.source, b.received_at, m.subject_id FROM mail_bounce b JOIN mail m ON m.id = b.mail_id `
	bounceOrder      = ` ORDER BY b.kind = 'hard', b.received_at, b.id`
	sqlBouncesLatest = bounceRow + `WHERE b.mail_id IN (` + sqlLatest + `)` + bounceOrder
	sqlBouncesOf     = bounceRow + `WHERE b.mail_id IN (SELECT value FROM json_each(?))` + bounceOrder
)

// Bounces gives, by subject, what came back of the latest mail of a kind about each: a
// hard bounce rather than a soft one, the later of two. A subject whose latest mail did
// not come back is missing; so is one that was sent to again since, as a mail of its own.
func Bounces(ctx context.Context, r db.Reader, kind string, subjects ...int64) (map[int64]Bounce, error) {
	list, err := json.Marshal(subjects)
	if err != nil {
		return nil, fmt.Errorf("list of subjects: %w", err)
	}
	rows, err := db.Many(ctx, r, sqlBouncesLatest, (*Bounce).fields, kind, string(list))
	if err != nil {
		return nil, fmt.Errorf("bounces of subjects: %w", err)
	}
	out := make(map[int64]Bounce, len(rows))
	for _, b := range rows {
		out[b.subject] = b
	}
	return out, nil
}

// BouncesOf gives everything that came back of these mails, by mail: the soft bounces
// first, within a kind the earlier first.
func (o *Outbox) BouncesOf(ctx context.Context, mails ...int64) (map[int64][]Bounce, error) {
	list, err := json.Marshal(mails)
	if err != nil {
		return nil, fmt.Errorf("list of mails: %w", err)
	}
	rows, err := db.Many(ctx, o.db, sqlBouncesOf, (*Bounce).fields, string(list))
	if err != nil {
		return nil, fmt.Errorf("bounces of mails: %w", err)
	}
	out := map[int64][]Bounce{}
	for _, b := range rows {
		out[b.Mail] = append(out[b.Mail], b)
	}
	return out, nil
}

const sqlCampaignBounced = `SELECT count(DISTINCT mail_id) FROM mail_bounce WHERE mail_id IN (SELECT id FROM mail WHERE campaign_id = ?)`

// CampaignBounced counts the mails of one campaign that came back, hard or soft.
func (o *Outbox) CampaignBounced(ctx context.Context, campaign int64) (int, error) {
	n, err := db.Value[int](ctx, o.db, sqlCampaignBounced, campaign)
	if err != nil {
		return 0, fmt.Errorf("count what came back of a campaign: %w", err)
	}
	return n, nil
}

// addressed is a bounce with the address that the mail went to.
type addressed struct {
	Bounce
	to string
}

func (a *addressed) fields() []any { return append(a.Bounce.fields(), &a.to) }

const sqlBouncedTo = `SELECT b.id, b.mail_id, b.kind, b.code, b.answer, b.source, b.received_at, m.subject_id, j.value
FROM json_each(?1) j JOIN mail m ON m.id = (SELECT max(l.id) FROM mail l WHERE lower(l.to_address) = j.value AND (l.state = 'sent' OR l.unknowns > 0)
    AND (?2 IS NULL OR l.edition_id IN (SELECT value FROM json_each(?2))))
JOIN mail_bounce b ON b.mail_id = m.id` + bounceOrder

// BouncedAddresses gives, by address in small letters, what came back of the latest mail that left
// for each of these addresses, whatever it was about; a hard bounce rather than a soft one. Only
// mails of the editions within count, if it is not nil.
func BouncedAddresses(ctx context.Context, r db.Reader, within []int64, addresses ...string) (map[string]Bounce, error) {
	var small []string
	for _, a := range addresses {
		if a = strings.ToLower(strings.TrimSpace(a)); a != "" {
			small = append(small, a)
		}
	}
	list, err := json.Marshal(small)
	if err != nil {
		return nil, fmt.Errorf("list of addresses: %w", err)
	}
	editions, err := listed(within)
	if err != nil {
		return nil, err
	}
	rows, err := db.Many(ctx, r, sqlBouncedTo, (*addressed).fields, string(list), editions)
	if err != nil {
		return nil, fmt.Errorf("bounces of addresses: %w", err)
	}
	out := make(map[string]Bounce, len(rows))
	for _, a := range rows {
		out[a.to] = a.Bounce
	}
	return out, nil
}
