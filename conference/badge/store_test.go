package badge_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

// issuing gives a store with two editions.
func issuing(t *testing.T) (*db.DB, *testkit.Clock, edition.Edition, edition.Edition) {
	t.Helper()
	clock := testkit.NewClock()
	d := testkit.Store(t, clock)
	room := edition.New(d)
	if err := room.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	var made []edition.Edition
	for _, draft := range []edition.Draft{edition.XII(), edition.Today()} {
		e, err := room.Create(t.Context(), draft)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, e)
	}
	return d, clock, made[0], made[1]
}

func issue(t *testing.T, d *db.DB, e edition.Edition, delegate int64) (b badge.Badge) {
	t.Helper()
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = badge.Issue(ctx, tx, badge.Holder{Edition: e.ID, DelegateID: delegate, Category: 3, Days: 1, Epoch: e.BadgeEpoch()})
		return err
	})
	return b
}

func revoke(t *testing.T, d *db.DB, delegate int64, reason badge.Reason) (was bool) {
	t.Helper()
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		was, err = badge.Revoke(ctx, tx, delegate, reason)
		return err
	})
	return was
}

func TestOneValidBadgeUntilItIsRevoked(t *testing.T) {
	d, clock, e, _ := issuing(t)
	clock.Advance(5*time.Hour + 59*time.Minute)
	first := issue(t, d, e, 7)
	clock.Advance(time.Hour)
	if again := issue(t, d, e, 7); again != first {
		t.Errorf("issued again: %+v, first %+v", again, first)
	}
	if first.Issued != 5 || first.KeyID != badge.CurrentKey || first.Category != 3 || first.Number > badge.MaxBadgeID || !first.Live() {
		t.Errorf("badge %+v", first)
	}
	if !revoke(t, d, 7, badge.ReasonLost) || revoke(t, d, 7, badge.ReasonWithdrawn) {
		t.Error("a badge is revoked once")
	}
	gone, err := badge.ByNumber(t.Context(), d, first.Number)
	if err != nil || gone.Live() || gone.Reason != badge.ReasonLost || !gone.RevokedAt.Equal(clock.Now()) {
		t.Errorf("revoked badge %+v, %v", gone, err)
	}
	if _, err := badge.LiveOf(t.Context(), d, 7); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("live badge after revoking: %v", err)
	}
	second := issue(t, d, e, 7)
	all, err := badge.OfEdition(t.Context(), d, e.ID)
	if err != nil || second.Number == first.Number || !slices.Equal([]badge.Badge{gone, second}, all) {
		t.Errorf("badges %+v, %v", all, err)
	}
	if _, err := badge.ByNumber(t.Context(), d, badge.MaxBadgeID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("a number never given: %v", err)
	}
}

func TestIssueKeepsToTheHoursOfTheCode(t *testing.T) {
	d, clock, e, _ := issuing(t)
	clock.Advance(-48 * time.Hour)
	if b := issue(t, d, e, 1); b.Issued != 0 {
		t.Errorf("before the epoch: hour %d", b.Issued)
	}
	clock.Set(e.BadgeEpoch().Add(65536 * time.Hour))
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := badge.Issue(ctx, tx, badge.Holder{Edition: e.ID, DelegateID: 2, Epoch: e.BadgeEpoch()})
		return err
	})
	if err == nil {
		t.Error("a badge was issued at an hour that its code cannot hold")
	}
}

// A badge of one edition proves nothing at another, and the same badge always has
// the same code: what was printed stays valid.
func TestSigner(t *testing.T) {
	d, _, e, other := issuing(t)
	keys := testkit.Keys(t)
	s := badge.NewSigner(keys)
	b := issue(t, d, e, 7)
	code := s.Code(b, "hn.example.vn")
	if again := badge.NewSigner(keys).Code(b, "HN.EXAMPLE.VN"); again != code {
		t.Errorf("codes of one badge:\n%s\n%s", code, again)
	}
	token, err := badge.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	body, err := badge.Verify(s.Public(e.ID), token)
	want := badge.Body{Version: badge.CodeVersion, KeyID: b.KeyID, Event: uint16(e.ID), Badge: b.Number, Category: 3, Days: 1}
	if diff := cmp.Diff(want, body); diff != "" || err != nil {
		t.Errorf("%v, body (-want +got):\n%s", err, diff)
	}
	if _, err := badge.Verify(s.Public(other.ID), token); err == nil {
		t.Error("another edition's key verifies the badge")
	}
	if s.PublicKey(e.ID, 2).Equal(s.Public(e.ID)) {
		t.Error("two key numbers, one key")
	}
}

func TestReasonsHaveWords(t *testing.T) {
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []badge.Reason{badge.ReasonWithdrawn, badge.ReasonSubstituted, badge.ReasonLost} {
		if !loc.In("vi").Has(badge.ReasonText(r).Key) {
			t.Errorf("no words for %s", r)
		}
	}
}
