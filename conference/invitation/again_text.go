package invitation

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// textsFrom holds the texts of an edition as they go to another one: without people.
type textsFrom struct {
	invitation *Text
	reminder   *Text
	message    string // for Zalo and SMS, "" for the house's own
	letters    map[LetterKind]LetterText
	dropped    []string // the lines that stay behind
}

// textsFrom reads the texts that somebody wrote for the source and takes out every line that
// names a person, telephone or e-mail. What a text lacks then is the default's.
func (r *Room) textsFrom(ctx context.Context, q db.Reader, source, target edition.Edition) (textsFrom, error) {
	people, err := peopleOf(ctx, q, source.ID)
	if err != nil {
		return textsFrom{}, err
	}
	out := textsFrom{letters: map[LetterKind]LetterText{}}
	t, err := db.One(ctx, q, sqlText, func(t *Text) []any { return []any{&t.Subject, &t.Body} }, source.ID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return out, fmt.Errorf("read invitation text: %w", err)
	}
	if err == nil {
		t = Text{Subject: renamed(source, out.without(people, t.Subject, r.Default().Subject)), Body: renamed(source, out.without(people, t.Body, r.Default().Body))}
		if CheckText(t) == nil {
			out.invitation = &t
		}
	}
	if err := r.nudgesFrom(ctx, q, &out, people, source); err != nil {
		return out, err
	}
	for _, kind := range LetterKinds() {
		t, err := db.One(ctx, q, sqlLetterText, (*LetterText).fields, source.ID, kind)
		if conference.KindOf(err) == conference.KindNotFound {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("read letter text: %w", err)
		}
		if t = r.letterFrom(&out, people, t, source, target, kind); CheckLetterText(kind, t) == nil {
			out.letters[kind] = t
		}
	}
	return out, nil
}

// nudgesFrom reads the reminder and the message for Zalo and SMS, which are short and have
// defaults of their own.
func (r *Room) nudgesFrom(ctx context.Context, q db.Reader, out *textsFrom, people []string, source edition.Edition) error {
	t, err := db.One(ctx, q, sqlReminderText, func(t *Text) []any { return []any{&t.Subject, &t.Body} }, source.ID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return fmt.Errorf("read reminder text: %w", err)
	}
	if err == nil {
		fresh := r.DefaultReminder()
		t = Text{Subject: renamed(source, out.without(people, t.Subject, fresh.Subject)), Body: renamed(source, out.without(people, t.Body, fresh.Body))}
		if CheckReminderText(t) == nil {
			out.reminder = &t
		}
	}
	body, err := db.Value[string](ctx, q, sqlMessage, source.ID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return fmt.Errorf("read message text: %w", err)
	}
	if err == nil {
		if body = renamed(source, out.without(people, body, "")); CheckMessage(body) == nil {
			out.message = body
		}
	}
	return nil
}

// letterFrom takes people out of a letter. Who signs is asked anew, and what names the host
// is the new host's.
func (r *Room) letterFrom(out *textsFrom, people []string, t LetterText, source, target edition.Edition, kind LetterKind) LetterText {
	fresh := r.DefaultLetter(target, kind)
	t.Signer = ""
	if kind == CongVan && source.HostVi != target.HostVi {
		t.Parent, t.Agency, t.Symbol, t.Place, t.Authority = fresh.Parent, fresh.Agency, fresh.Symbol, fresh.Place, fresh.Authority
	}
	if kind == GiayMoi && source.OrganiserVi != target.OrganiserVi {
		t.Parent, t.Agency, t.Symbol, t.Authority = fresh.Parent, fresh.Agency, fresh.Symbol, fresh.Authority
	}
	if t.Abstract = renamed(source, t.Abstract); strings.Contains(t.Abstract, source.StartsOn[:4]) || strings.Contains(t.Abstract, "lần thứ "+source.Roman()) {
		t.Abstract = fresh.Abstract
	}
	t.Body = renamed(source, t.Body)
	defaults := fresh.parts(kind)
	for n, f := range t.parts(kind) {
		*f.text = out.without(people, *f.text, *defaults[n].text)
	}
	return t
}

// renamed puts the merge field in the place of the source's name, in whatever lines it was
// broken, or the text would invite to the conference of then.
func renamed(source edition.Edition, text string) string {
	for _, name := range []string{source.TitleVi, source.ShortVi} {
		if words := strings.Fields(name); len(words) > 0 {
			for n := range words {
				words[n] = regexp.QuoteMeta(words[n])
			}
			text = regexp.MustCompile(`(?i)`+strings.Join(words, `\s+`)).ReplaceAllLiteralString(text, "["+fieldConference+"]")
		}
	}
	return text
}

// without gives a text without the lines that name somebody; otherwise when nothing is left.
func (out *textsFrom) without(people []string, text, otherwise string) string {
	var kept []string
	all := strings.Split(text, "\n")
	for _, line := range all {
		if namesSomebody(line, people) {
			out.dropped = append(out.dropped, strings.TrimSpace(line))
			continue
		}
		kept = append(kept, line)
	}
	if len(kept) == len(all) {
		return text
	}
	if left := strings.TrimSpace(strings.Join(kept, "\n")); left != "" {
		return left
	}
	return otherwise
}

var (
	likeEmail = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)
	likePhone = regexp.MustCompile(`(\+84|0)([\s.\-()]*[0-9]){8,10}`)
)

// namesSomebody reports whether a line holds a name of the list, or what looks like an
// e-mail address or telephone number. The list is folded.
func namesSomebody(line string, people []string) bool {
	if likeEmail.MatchString(line) || likePhone.MatchString(line) {
		return true
	}
	folded := " " + strings.Join(strings.FieldsFunc(vietnamese.Fold(line), notOfAWord), " ") + " "
	for _, name := range people {
		if strings.Contains(name, " ") {
			if strings.Contains(folded, " "+name+" ") {
				return true
			}
			continue
		}
		for _, before := range []string{"ong", "ba", "anh", "chi", "dong chi", "d c"} {
			if strings.Contains(folded, " "+before+" "+name+" ") {
				return true
			}
		}
	}
	return false
}

func notOfAWord(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9')
}

const sqlPeople = `SELECT contact_name FROM edition WHERE id = ?1
UNION SELECT focal_name FROM invitation WHERE edition_id = ?1
UNION SELECT full_name FROM delegate WHERE edition_id = ?1
UNION SELECT c.full_name FROM contact c JOIN invitation i ON i.organisation_id = c.organisation_id WHERE i.edition_id = ?1
UNION SELECT signer FROM letter_text WHERE edition_id = ?1
UNION SELECT c.name FROM invitation_copy c JOIN invitation i ON i.id = c.invitation_id WHERE i.edition_id = ?1
UNION SELECT s.contact_name FROM invitation_substitute s JOIN invitation i ON i.id = s.invitation_id WHERE i.edition_id = ?1
UNION SELECT a.asker_name FROM invitation_question a JOIN invitation i ON i.id = a.invitation_id WHERE i.edition_id = ?1`

// peopleOf gives the names of everybody whom an edition knows, folded. A single word is a
// name only behind a form of address, see namesSomebody.
func peopleOf(ctx context.Context, q db.Reader, editionID int64) ([]string, error) {
	all, err := db.Values[string](ctx, q, sqlPeople, editionID)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	var out []string
	for _, name := range all {
		folded := strings.Join(strings.FieldsFunc(vietnamese.Fold(name), notOfAWord), " ")
		if folded != "" && !strings.HasPrefix(folded, "ban thu ky") && !strings.HasPrefix(folded, "ban to chuc") {
			out = append(out, folded)
		}
	}
	return out, nil
}

// copyTexts writes the texts of the source for the target and gives their number.
func (r *Room) copyTexts(ctx context.Context, tx *db.Tx, source, target edition.Edition) (int, error) {
	texts, err := r.textsFrom(ctx, tx, source, target)
	if err != nil {
		return 0, err
	}
	n := len(texts.letters)
	if t := texts.invitation; t != nil {
		n++
		if err := db.Exec(ctx, tx, sqlSetText, target.ID, t.Subject, t.Body, db.At(tx.Now())); err != nil {
			return 0, fmt.Errorf("copy invitation text: %w", err)
		}
	}
	if t := texts.reminder; t != nil {
		n++
		if err := db.Exec(ctx, tx, sqlSetReminderText, target.ID, t.Subject, t.Body, db.At(tx.Now())); err != nil {
			return 0, fmt.Errorf("copy reminder text: %w", err)
		}
	}
	if texts.message != "" {
		n++
		if err := db.Exec(ctx, tx, sqlSetMessage, target.ID, texts.message, db.At(tx.Now())); err != nil {
			return 0, fmt.Errorf("copy message text: %w", err)
		}
	}
	for kind, t := range texts.letters {
		if err := db.Exec(ctx, tx, sqlSetLetterText, target.ID, kind, t.Parent, t.Agency, t.Symbol, t.Place, t.Abstract, t.Addressees,
			t.Body, t.Recipients, t.Authority, t.Signer, db.At(tx.Now())); err != nil {
			return 0, fmt.Errorf("copy letter text: %w", err)
		}
	}
	return n, nil
}
