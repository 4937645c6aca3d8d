package checkin_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// pressHall is a hall in which the last delegate is of the press group, with a press
// desk for that group and a device there.
func pressHall(t *testing.T, delegates int) (*hall, checkin.Checkpoint, checkin.Device) {
	t.Helper()
	h := newHall(t, delegates)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.exec(ctx, tx, `INSERT INTO delegate_group (id, edition_id, code, name_vi, name_en, position, colour, category) VALUES (2, 7, 'press', 'Báo chí', 'Press', 2, 'ink', 2),
			(3, 8, 'press', 'Báo chí', 'Press', 2, 'ink', 2)`)
		h.exec(ctx, tx, `UPDATE delegate SET delegate_group_id = 2 WHERE id = ?`, h.delegates[delegates-1])
		return nil
	})
	p, err := h.room.AddCheckpoint(h.as(conference.RoleSupervisor), edition, checkin.CheckpointDraft{NameVi: " Bàn  báo chí ", NameEn: "Press desk", Groups: []int64{2, 2}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.room.AddCheckpoint(h.as(conference.RoleSupervisor), edition, checkin.CheckpointDraft{NameVi: "Bàn báo chí"})
	testkit.Refused(t, err, conference.KindInvalid, "name_vi: checkin.error.name_taken")
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.exec(ctx, tx, `INSERT INTO door_device (id, edition_id, checkpoint_id, name, paired_at, created_at) VALUES (3, 7, ?1, 'Máy bàn báo chí', 1, 0)`, p.ID)
		return nil
	})
	return h, p, checkin.Device{ID: 3, EditionID: edition, CheckpointID: p.ID}
}

func TestACheckpointAdmitsItsGroupsOnly(t *testing.T) {
	h, p, desk := pressHall(t, 3)
	if p.NameVi != "Bàn báo chí" || !cmp.Equal(p.Groups, []int64{2}) || p.Position != 2 {
		t.Errorf("checkpoint %+v", p)
	}
	anyway := h.scan(3, 1)
	anyway.Anyway, anyway.Reason = true, "permitted"
	byHand := checkin.Scan{ID: uuid(4), Seq: 4, DelegateID: h.delegates[0], T: h.now(), Reason: "forgot"}
	again := h.scan(5, 1)
	out := h.upload(desk, h.scan(1, 2), h.scan(2, 0), anyway, byHand, again)
	var got []checkin.Verdict
	for _, r := range out.Results {
		got = append(got, r.Verdict)
	}
	// Whoever is in already, by whatever grace, is not told to leave.
	want := []checkin.Verdict{checkin.Accepted, checkin.WrongGroup, checkin.Accepted, checkin.WrongGroup, checkin.Already}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if n := h.count(`SELECT count(*) FROM arrival`); n != 2 {
		t.Errorf("%d people inside, want the journalist and the one let in all the same", n)
	}
	if n := h.count(`SELECT count(*) FROM audit_entry WHERE action = 'checkin.anyway' AND detail LIKE '%permitted%'`); n != 1 {
		t.Errorf("%d notes of letting in all the same", n)
	}
	if out := h.upload(h.a, h.scan(6, 0)); out.Results[0].Verdict != checkin.Accepted {
		t.Errorf("the main entrance says %s", out.Results[0].Verdict)
	}
}

// A device that was moved still reports what it read where it stood before.
func TestAScanBelongsWhereItWasRead(t *testing.T) {
	h, p, desk := pressHall(t, 2)
	before := h.scan(1, 0)
	before.PointID = h.a.CheckpointID
	wrong := h.scan(2, 1)
	wrong.PointID = 999 // no checkpoint of this edition: the device's own counts
	h.upload(desk, before, wrong)
	if n := h.count(`SELECT count(*) FROM scan WHERE checkpoint_id = ? AND verdict = 'accepted'`, h.a.CheckpointID); n != 1 {
		t.Errorf("%d entries at the main entrance", n)
	}
	if n := h.count(`SELECT count(*) FROM scan WHERE checkpoint_id = ?`, p.ID); n != 1 {
		t.Errorf("%d scans at the press desk", n)
	}
}

func TestReasonsAreThoseOfTheHouse(t *testing.T) {
	h, _, desk := pressHall(t, 2)
	bad := func(change func(*checkin.Scan)) checkin.Scan {
		s := h.scan(9, 1)
		change(&s)
		return s
	}
	for _, s := range []checkin.Scan{
		bad(func(s *checkin.Scan) { s.Reason = "forgot" }), // a badge was read: there is nothing to explain
		bad(func(s *checkin.Scan) { s.Anyway, s.Reason = true, "forgot" }),
		bad(func(s *checkin.Scan) { s.Text, s.DelegateID, s.Reason = "", h.delegates[1], "escort" }),
		bad(func(s *checkin.Scan) { s.Anyway, s.Reason = true, "because" }),
		bad(func(s *checkin.Scan) { s.PointID = -1 }),
	} {
		if out := h.upload(desk, s); out.Results[0].Error.Key != "checkin.error.scan" {
			t.Errorf("%+v: %+v", s, out.Results[0])
		}
	}
}

func TestCheckpointsAreChangedClosedAndReopened(t *testing.T) {
	h, p, _ := pressHall(t, 1)
	ctx := h.as(conference.RoleSupervisor)
	err := h.room.ChangeCheckpoint(ctx, edition, p.ID, checkin.CheckpointDraft{NameVi: "", NameEn: string(make([]byte, 61)), Groups: []int64{3}})
	want := map[string]string{"name_vi": "name_missing", "group": "group_unknown"}
	got := testkit.FieldErrors(t, err, "checkin.error.")
	delete(got, "name_en")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if err := h.room.ChangeCheckpoint(ctx, edition, p.ID, checkin.CheckpointDraft{NameVi: "Bàn báo chí 2"}); err != nil {
		t.Fatal(err)
	}
	after, err := checkin.CheckpointByID(t.Context(), h.db, edition, p.ID)
	if err != nil || after.NameVi != "Bàn báo chí 2" || !after.Admits(1) || !after.Admits(2) {
		t.Errorf("%+v, %v", after, err)
	}
	testkit.Refused(t, h.room.CloseCheckpoint(ctx, edition, p.ID), conference.KindConflict, "checkin.error.checkpoint_devices")
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		h.exec(ctx, tx, `UPDATE door_device SET revoked_at = 1 WHERE id = 3`)
		return nil
	})
	for _, do := range []func() error{
		func() error { return h.room.CloseCheckpoint(ctx, edition, p.ID) }, func() error { return h.room.CloseCheckpoint(ctx, edition, p.ID) },
		func() error { return h.room.ReopenCheckpoint(ctx, edition, p.ID) },
	} {
		if err := do(); err != nil {
			t.Error(err)
		}
	}
	if _, err := checkin.CheckpointByID(t.Context(), h.db, 8, p.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("another edition's checkpoint: %v", err)
	}
	for name, do := range map[string]func(context.Context) error{
		"Add": func(ctx context.Context) error {
			_, err := h.room.AddCheckpoint(ctx, edition, checkin.CheckpointDraft{NameVi: "x"})
			return err
		},
		"Change": func(ctx context.Context) error {
			return h.room.ChangeCheckpoint(ctx, edition, p.ID, checkin.CheckpointDraft{NameVi: "x"})
		},
		"Close":  func(ctx context.Context) error { return h.room.CloseCheckpoint(ctx, edition, p.ID) },
		"Reopen": func(ctx context.Context) error { return h.room.ReopenCheckpoint(ctx, edition, p.ID) },
	} {
		for _, role := range []conference.Role{conference.RoleSteward, conference.RolePressOfficer} {
			if err := do(h.as(role)); conference.KindOf(err) != conference.KindForbidden {
				t.Errorf("%s as %s: %v", name, role, err)
			}
		}
	}
}

func TestDoubtfulScans(t *testing.T) {
	h, _, desk := pressHall(t, 4)
	late := h.scan(2, 0)
	h.clock.Advance(time.Minute)
	h.upload(h.b, checkin.Scan{ID: uuid(1), Seq: 1, Text: h.token(0), T: h.now()})
	h.upload(h.a, late) // read a minute earlier, told later: it was first
	grace := h.scan(7, 0)
	grace.Anyway, grace.Reason = true, "escort"
	h.upload(desk, grace, h.scan(3, 1), checkin.Scan{ID: uuid(4), Seq: 4, Text: "https://example.vn/khac", T: h.now()})
	h.upload(h.a, checkin.Scan{ID: uuid(5), Seq: 5, DelegateID: h.delegates[2], T: h.now(), Reason: "lost"},
		checkin.Scan{ID: uuid(6), Seq: 6, Text: h.token(3), T: h.now(), Off: 10 * 60_000})
	if err := h.room.UndoLater(h.as(conference.RoleSupervisor), edition, uuid(5), " "); conference.KindOf(err) != conference.KindInvalid {
		t.Errorf("without a reason: %v", err)
	}
	counts, err := checkin.DoubtCounts(t.Context(), h.db, edition)
	if err != nil {
		t.Fatal(err)
	}
	want := map[checkin.Doubt]int{checkin.Double: 1, checkin.Refusal: 2, checkin.ByHand: 1, checkin.Grace: 1, checkin.Clock: 1, checkin.Undone: 0}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	double, err := checkin.Doubtfuls(t.Context(), h.db, edition, checkin.Double, 10)
	if err != nil || len(double) != 1 || double[0].ScanID != uuid(1) || double[0].FirstDevice != "Điện thoại A" || !double[0].CanUndo() {
		t.Errorf("double %+v, %v", double, err)
	}
	for doubt, scan := range map[checkin.Doubt]string{checkin.ByHand: uuid(5), checkin.Grace: uuid(7)} {
		if found, err := checkin.Doubtfuls(t.Context(), h.db, edition, doubt, 10); err != nil || len(found) != 1 || found[0].ScanID != scan {
			t.Errorf("%s %+v, %v", doubt, found, err)
		}
	}
	if err := h.room.UndoLater(h.as(conference.RoleSupervisor), edition, uuid(1), "Quét nhầm thẻ"); err != nil {
		t.Fatal(err)
	}
	all, err := checkin.Doubtfuls(t.Context(), h.db, edition, "", 10)
	if err != nil || len(all) != 6 {
		t.Errorf("%d doubtful scans, %v", len(all), err)
	}
	if n := h.count(`SELECT count(*) FROM audit_entry WHERE action = 'checkin.undo' AND detail LIKE '%Quét nhầm thẻ%'`); n != 1 {
		t.Errorf("%d reasons noted", n)
	}
	points, err := checkin.PointCounts(t.Context(), h.db, edition)
	if err != nil || points[desk.CheckpointID].Refused != 2 || points[h.a.CheckpointID].In != 3 {
		t.Errorf("points %+v, %v", points, err)
	}
}
