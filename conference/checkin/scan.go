package checkin

import (
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/db"
)

// MaxBatch is the most scans that one upload may hold.
const MaxBatch = 50

// Verdict says what a reading of a badge came to.
type Verdict string

// The verdicts. Only the first two let somebody in.
const (
	Accepted   Verdict = "accepted"
	Already    Verdict = "already"     // was in before: kept as a double entry, nobody is turned out
	WrongGroup Verdict = "wrong_group" // the checkpoint does not admit the delegate's group
	Revoked    Verdict = "revoked"     // the badge was replaced or reported lost
	Withdrawn  Verdict = "withdrawn"   // the delegate does not take part any more
	Unknown    Verdict = "unknown"     // genuine, but nobody's: neither badge nor delegate is on record
	Forged     Verdict = "forged"      // the signature is wrong
	OtherEvent Verdict = "other_event" // a badge of another edition
	NotABadge  Verdict = "not_a_badge"
)

// VerdictText gives a verdict for people.
func VerdictText(v Verdict) conference.Text { return conference.Say("checkin.verdict." + string(v)) }

// In reports whether the verdict lets its holder in.
func (v Verdict) In() bool { return v == Accepted || v == Already }

// known reports whether the text is a verdict at all.
func (v Verdict) known() bool {
	switch v {
	case Accepted, Already, WrongGroup, Revoked, Withdrawn, Unknown, Forged, OtherEvent, NotABadge:
		return true
	}
	return false
}

// Reason says why somebody was let in by hand, or although the checkpoint does not
// admit their group.
type Reason string

// Reasons lists the reasons for letting somebody in: by hand, or anyway.
func Reasons(anyway bool) []Reason {
	if anyway {
		return []Reason{"permitted", "escort", "other"}
	}
	return []Reason{"forgot", "lost", "damaged", "other"}
}

// ReasonText gives a reason for people; not for the empty one.
func ReasonText(r Reason) conference.Text { return conference.Say("checkin.reason." + string(r)) }

// Scan is one reading as the device reports it: of a badge (Text), or of a
// person found by name (DelegateID).
type Scan struct {
	ID         string  // UUID made by the device; a repeated report carries the same one
	Seq        int64   // the device's own count
	Text       string  // what the camera or the handheld scanner read
	DelegateID int64   // by hand
	PointID    int64   // the checkpoint where it was read; 0: the device's own
	Anyway     bool    // the steward lets them in although the checkpoint does not admit their group
	Reason     Reason  // by hand or anyway; "" when an older device did not ask
	T          int64   // the device's clock at the reading, unix ms
	Off        int64   // skew known to the device then: server minus device, ms
	Shown      Verdict // what the device showed by itself, "" if it waited for the answer
}

// Batch is one upload.
type Batch struct {
	Sent   int64 // the device's clock at sending, unix ms
	Cursor int64 // what the device has seen of the others, 0 at first
	Scans  []Scan
}

// Result is the answer to one scan.
type Result struct {
	ID         string // as reported
	Verdict    Verdict
	Person     *Person         // nil if nobody is known by this badge
	First      *First          // with Already
	Reason     badge.Reason    // with Revoked
	Replaced   db.Time         // with Revoked: when the delegate's present badge was issued; zero without one
	ClockDoubt bool            // the device's clock was changed between reading and upload
	Error      conference.Text // with an empty Key unless the scan could not be recorded at all; it need not be sent again
}

// Wrong reports whether the scan could not be recorded.
func (r Result) Wrong() bool { return r.Error.Key != "" }

// First is somebody's first entry at a checkpoint.
type First struct {
	ScanID       string
	At           db.Time // effective, by the server's clock
	DeviceID     int64
	Device       string // the device's name
	CheckpointVi string
	CheckpointEn string
}

// Checkpoint gives the checkpoint's name in a language.
func (f First) Checkpoint(lang string) string { return pick(lang, f.CheckpointVi, f.CheckpointEn) }

// Change says that somebody's state at the device's checkpoint moved. First is
// nil when every entry of theirs was undone.
type Change struct {
	DelegateID int64
	First      *First
	Entries    int // how often the person was let in; more than one is a double entry
}

// Answer is the answer to an upload: one Result per scan in the same order, and
// what the other devices did meanwhile.
type Answer struct {
	Results []Result
	Changes []Change
	Cursor  int64
}

// Person is what the door may know of a delegate: no telephone number, no e-mail.
type Person struct {
	DelegateID   int64
	Badge        string // the valid badge's number, 10 hexadecimal digits; "" without one
	Number       string // KC22-TNI-003
	Name         string
	Folded       string // name, organisation and number without diacritics
	Title        string
	Organisation string
	ProvinceVi   string
	ProvinceEn   string
	GroupCode    string
	GroupVi      string
	GroupEn      string
	Colour       string // of the group's stripe
	State        string // of the delegation room: listed, registered, withdrawn
}

// Province gives the province's name in a language, "" for central bodies.
func (p Person) Province(lang string) string { return pick(lang, p.ProvinceVi, p.ProvinceEn) }

// Group gives the delegate group's name in a language.
func (p Person) Group(lang string) string { return pick(lang, p.GroupVi, p.GroupEn) }

func (p *Person) fields() []any {
	return []any{&p.DelegateID, &p.Badge, &p.Number, &p.Name, &p.Folded, &p.Title, &p.Organisation,
		&p.ProvinceVi, &p.ProvinceEn, &p.GroupCode, &p.GroupVi, &p.GroupEn, &p.Colour, &p.State}
}

// personColumns and personTables read a Person; d is the delegate.
const personColumns = `d.id, ifnull(printf('%010x', b.number), ''), d.number, d.full_name, d.folded, d.job_title, d.organisation,
    ifnull(pv.name_vi, ''), ifnull(pv.name_en, ''), g.code, g.name_vi, g.name_en, g.colour, d.state`

const personTables = `delegate d
JOIN delegate_group g ON g.id = d.delegate_group_id
JOIN delegation dn ON dn.id = d.delegation_id
LEFT JOIN invitation i ON i.id = dn.invitation_id
LEFT JOIN province_version pv ON pv.id = i.province_version_id
LEFT JOIN badge b ON b.delegate_id = d.id AND b.revoked_at IS NULL`

// The latest moment that a clock may show, the start of 2100: beyond it no sum overflows.
const latest = 4102444800000

const maxText = 4096 // characters of a reading; a QR code holds no more

// check gives what is wrong with a report, an empty Text if nothing is.
func (s Scan) check() conference.Text {
	switch {
	case !isUUID(s.ID):
		return conference.Say("checkin.error.id")
	case s.T < 0 || s.T > latest || s.Off < -latest || s.Off > latest:
		return conference.Say("checkin.error.time")
	case s.Seq < 0 || s.DelegateID < 0 || (s.Text == "") == (s.DelegateID == 0) || len(s.Text) > maxText:
		return conference.Say("checkin.error.scan")
	case s.PointID < 0 || s.Reason != "" && !slices.Contains(Reasons(s.Anyway), s.Reason) || s.Reason != "" && !s.Anyway && s.DelegateID == 0:
		return conference.Say("checkin.error.scan")
	}
	return conference.Text{}
}

// isUUID accepts the canonical form in any letter case (RFC 9562 section 4).
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(strings.ToLower(s)) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
