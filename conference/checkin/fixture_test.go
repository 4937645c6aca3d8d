package checkin_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// hall is an edition with a door, two devices and delegates with badges. Rows of
// the other rooms are put in by hand, so that this room is tested by itself.
type hall struct {
	t         testing.TB
	db        *db.DB
	clock     *testkit.Clock
	room      *checkin.Room
	signer    *badge.Signer
	a, b      checkin.Device
	delegates []int64
	badges    []badge.Badge
}

const edition = 7

func newHall(t testing.TB, delegates int) *hall {
	t.Helper()
	h := &hall{t: t, clock: testkit.NewClock(), signer: badge.NewSigner(testkit.Keys(t))}
	h.db = testkit.Store(t, h.clock)
	h.room = checkin.New(h.db, h.signer)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.exec(ctx, tx, `INSERT INTO edition (id, slug, ordinal, title_vi, short_vi, prefix, starts_on, ends_on, register_by, created_at, changed_at)
			VALUES (7, 'mau', 16, 'Hội nghị mẫu', 'Mẫu', 'KC', '2022-10-13', '2022-10-14', 0, 0, 0), (8, 'khac', 17, 'Hội nghị khác', 'Khác', 'KC', '2022-10-13', '2022-10-14', 0, 0, 0)`)
		h.exec(ctx, tx, `INSERT INTO province (id, slug, abbr) VALUES (101, 'tay-ninh-mau', 'XTN'), (102, 'an-giang-mau', 'XAG'), (103, 'can-tho-mau', 'XCT')`)
		h.exec(ctx, tx, `INSERT INTO province_version (id, province_id, code_system, gso_code, name_vi, name_en, kind, cluster, sort_key, valid_from)
			VALUES (101, 101, 'x', '1', 'Tây Ninh', 'Tay Ninh', 'province', 'south', x'03', '2000-01-01'),
			       (102, 102, 'x', '2', 'An Giang', 'An Giang', 'province', 'south', x'01', '2000-01-01'),
			       (103, 103, 'x', '3', 'Cần Thơ', 'Can Tho', 'city', 'south', x'02', '2000-01-01')`)
		h.exec(ctx, tx, `INSERT INTO edition_province (edition_id, province_version_id, role) VALUES (7, 101, 'host'), (7, 102, 'member'), (7, 103, 'member')`)
		h.exec(ctx, tx, `INSERT INTO delegate_group (id, edition_id, code, name_vi, name_en, position, colour, category) VALUES (1, 7, 'so', 'Lãnh đạo Sở', 'DOIT', 1, 'son', 1)`)
		h.exec(ctx, tx, `INSERT INTO organisation (id, kind, name_vi, folded, created_at, changed_at) VALUES (1, 'doit', 'Sở Công Thương Mẫu', 'x', 0, 0), (2, 'ministry', 'Bộ Mẫu', 'x', 0, 0)`)
		h.exec(ctx, tx, `INSERT INTO invitation (id, edition_id, organisation_id, province_version_id, created_at, changed_at) VALUES (1, 7, 1, 102, 0, 0), (2, 7, 2, NULL, 0, 0)`)
		h.exec(ctx, tx, `INSERT INTO delegation (id, edition_id, invitation_id, created_at, changed_at) VALUES (1, 7, 1, 0, 0), (2, 7, 2, 0, 0)`)
		point, err := checkin.EnsureDefault(ctx, tx, edition)
		if err != nil {
			return err
		}
		h.exec(ctx, tx, `INSERT INTO door_device (id, edition_id, checkpoint_id, name, created_at) VALUES (1, 7, ?1, 'Điện thoại A', 0), (2, 7, ?1, 'Điện thoại B', 0)`, point.ID)
		h.a, h.b = checkin.Device{ID: 1, EditionID: edition, CheckpointID: point.ID}, checkin.Device{ID: 2, EditionID: edition, CheckpointID: point.ID}
		for i := range delegates {
			h.addDelegate(ctx, tx, int64(i+1), 1)
		}
		return nil
	})
	return h
}

func (h *hall) exec(ctx context.Context, tx *db.Tx, query string, args ...any) {
	h.t.Helper()
	if err := db.Exec(ctx, tx, query, args...); err != nil {
		panic(err) // not Fatalf: this is the writer's goroutine
	}
}

func (h *hall) addDelegate(ctx context.Context, tx *db.Tx, id, delegation int64) {
	h.t.Helper()
	h.exec(ctx, tx, `INSERT INTO delegate (id, edition_id, delegation_id, delegate_group_id, number, client_key, full_name, folded, name_key, sort_key, job_title, organisation, phone, email, state, created_at, changed_at)
		VALUES (?1, 7, ?2, 1, ?3, ?3, ?4, ?5, ?5, ?6, 'Giám đốc', 'Sở Công Thương Mẫu', '+84900000000', 'mau@example.com', 'registered', 0, 0)`,
		id, delegation, fmt.Sprintf("KC-%03d", id), fmt.Sprintf("Nguyễn Văn Mẫu %d", id), fmt.Sprintf("nguyen van mau %d", id), []byte{byte(id >> 8), byte(id)})
	b, err := badge.Issue(ctx, tx, badge.Holder{Edition: edition, DelegateID: id, Category: 1, Days: 3, Epoch: tx.Now().Add(-time.Hour)})
	if err != nil {
		panic(err)
	}
	h.delegates, h.badges = append(h.delegates, id), append(h.badges, b)
}

// token gives what the QR of the i-th delegate holds.
func (h *hall) token(i int) string { return h.signer.Code(h.badges[i], "EXAMPLE.VN") }

// uuid gives a valid id that sorts by n.
func uuid(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

// as gives a context in which staff with a role acts.
func (h *hall) as(r conference.Role) context.Context {
	return conference.WithActor(h.t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Roles: []conference.Role{r}})
}

func (h *hall) now() int64 { return h.clock.Now().UnixMilli() }

// upload sends scans from a device whose clock is right.
func (h *hall) upload(dev checkin.Device, scans ...checkin.Scan) checkin.Answer {
	h.t.Helper()
	return h.send(dev, checkin.Batch{Sent: h.now(), Scans: scans})
}

func (h *hall) send(dev checkin.Device, b checkin.Batch) checkin.Answer {
	h.t.Helper()
	out, err := h.room.Upload(h.t.Context(), dev, b)
	if err != nil {
		h.t.Fatalf("upload: %v", err)
	}
	if len(out.Results) != len(b.Scans) {
		h.t.Fatalf("%d results for %d scans", len(out.Results), len(b.Scans))
	}
	return out
}

func (h *hall) scan(n, delegate int) checkin.Scan {
	return checkin.Scan{ID: uuid(n), Seq: int64(n), Text: h.token(delegate), T: h.now()}
}

func (h *hall) list(dev checkin.Device) checkin.List {
	h.t.Helper()
	l, err := checkin.People(h.t.Context(), h.db, dev, db.At(h.clock.Now()))
	if err != nil {
		h.t.Fatalf("people: %v", err)
	}
	return l
}

func (h *hall) count(query string, args ...any) int {
	h.t.Helper()
	n, err := db.Value[int](h.t.Context(), h.db, query, args...)
	if err != nil {
		h.t.Fatalf("count: %v", err)
	}
	return n
}
