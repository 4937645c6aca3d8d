package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const deskDoor = "/desk/e/xii-2022/door"

var pairing = regexp.MustCompile(`/door/pair#([0-9A-Z]{26})`)

// pairAt pairs a device at a checkpoint as a reception supervisor does, and gives the secret.
func (h *house) pairAt(v *visitor, point int64) string {
	h.t.Helper()
	res, body := v.fill(deskDoor, "name", "Máy thử", "checkpoint", fmt.Sprint(point))
	found := pairing.FindStringSubmatch(body)
	if res.StatusCode != http.StatusOK || found == nil {
		h.t.Fatalf("pairing: %d %s", res.StatusCode, problems(body))
	}
	return found[1]
}

func (h *house) pointCalled(name string) checkin.Checkpoint {
	h.t.Helper()
	all, err := checkin.Checkpoints(h.t.Context(), h.db, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range all {
		if p.NameVi == name {
			return p
		}
	}
	h.t.Fatalf("no checkpoint %q", name)
	return checkin.Checkpoint{}
}

func TestSupervisorsKeepTheCheckpoints(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleSupervisor)
	if res, body := v.fill(deskDoor+"/points/new", "name_vi", "", "name_en", "Gala"); res.StatusCode != 422 || !strings.Contains(body, "Xin nhập tên điểm") || !strings.Contains(body, `value="Gala"`) {
		t.Errorf("a checkpoint without a name: %d", res.StatusCode)
	}
	v.goes(deskDoor+"/points/new", "name_vi", "Tiệc tối", "group", "1", "group", "2")
	p := h.pointCalled("Tiệc tối")
	path := fmt.Sprintf("%s/points/%d", deskDoor, p.ID)
	if _, body := v.get(path); strings.Count(body, "checked") != 2 {
		t.Error("the form does not show the chosen groups")
	}
	h.pairAt(v, p.ID)
	v.goes(path + "/close") // a pairing that waits is no device yet
	if res, _ := v.fill(fmt.Sprintf("%s/points/%d/close", deskDoor, h.pointCalled("Cửa chính").ID)); res.StatusCode != 422 {
		t.Errorf("closing a checkpoint in use: %d", res.StatusCode)
	}
	if _, body := v.get(deskDoor); !strings.Contains(body, "Đã đóng") {
		t.Error("the list does not mark the closed checkpoint")
	}
	v.goes(path + "/reopen")
	v.goes(path, "name_vi", "Tiệc chiêu đãi")
	if p := h.pointCalled("Tiệc chiêu đãi"); len(p.Groups) != 0 || !p.ClosedAt.IsZero() {
		t.Errorf("checkpoint %+v", p)
	}
}

// Where there is nothing to choose from, a device is paired at the checkpoint in use,
// never at one that is closed.
func TestADeviceIsPairedAtACheckpointInUse(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleSupervisor)
	p := h.pointCalled("Bàn báo chí")
	h.exec(`UPDATE checkpoint SET closed_at = 1 WHERE id <> ?`, p.ID)
	v.fill(deskDoor, "name", "Máy duy nhất")
	if at, err := db.Value[int64](t.Context(), h.db, `SELECT checkpoint_id FROM door_device WHERE name = 'Máy duy nhất'`); err != nil || at != p.ID {
		t.Errorf("paired at %d, %v, want %d", at, err, p.ID)
	}
	h.exec(`UPDATE checkpoint SET closed_at = 1`)
	if res, body := v.fill(deskDoor, "name", "Máy thử"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Xin chọn một điểm kiểm soát đang dùng") {
		t.Errorf("with every checkpoint closed: %d %s", res.StatusCode, problems(body))
	}
}

func TestADeviceIsMoved(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleSupervisor)
	from, to := h.pointCalled("Khu trưng bày sản phẩm"), h.pointCalled("Bàn báo chí")
	secret := h.pairAt(v, from.ID)
	device := h.visitor()
	device.send(http.MethodPost, "/door/pair", "application/json", `{"secret":"`+secret+`"}`)
	_, before := device.get("/door/list")
	_, body := v.get(deskDoor)
	id := regexp.MustCompile(`/door/(\d+)/move"><select class="select" name="checkpoint" aria-label="Điểm của Máy thử"`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("the device cannot be moved")
	}
	v.goes(deskDoor+"/"+id[1]+"/move", "checkpoint", fmt.Sprint(to.ID))
	if _, after := device.get("/door/list"); !strings.Contains(before, `"admits":["doit_leaders"`) || !strings.Contains(after, `"name":"Bàn báo chí","admits":["press"]`) {
		t.Errorf("the device's list: %.300s", after)
	}
	if res, _ := v.fill(deskDoor+"/"+id[1]+"/move", "checkpoint", "999"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("moved to nowhere: %d", res.StatusCode)
	}
}

// The supervisor sees what was doubtful and takes an entry back with a reason.
func TestSupervisorsTakeEntriesBack(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleSupervisor)
	const path = "/desk/e/xii-2022/doubtful"
	_, body := v.get(path + "?doubt=anyway")
	scan := regexp.MustCompile(`action="` + path + `/([0-9a-f-]{36})/undo"`).FindStringSubmatch(body)
	if scan == nil || !strings.Contains(body, "Ban Tổ chức cho phép") {
		t.Fatalf("the page lacks what was let in all the same")
	}
	if res, body := v.fill(path+"/"+scan[1]+"/undo", "reason", ""); res.StatusCode != 422 || !strings.Contains(problems(body), "Xin ghi lý do") {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	to := v.goes(path+"/"+scan[1]+"/undo", "reason", "Quét nhầm")
	if _, body := v.get(to); !strings.Contains(body, "Lý Văn Thí Dụ đã hủy lúc") || !strings.Contains(body, "Lý do hủy: Quét nhầm") {
		t.Error("the page does not show what was taken back, by whom and why")
	}
	if n := h.scans(`id = ? AND undone_at IS NOT NULL`, scan[1]); n != 1 {
		t.Error("the entry was not taken back")
	}
	if res, _ := h.staff(conference.RoleSteward).get(path); res.StatusCode != http.StatusForbidden {
		t.Errorf("a steward sees it: %d", res.StatusCode)
	}
}

// A checkpoint's rule is applied by the device itself; the steward may let somebody in
// all the same, with a reason.
func TestADeviceAppliesItsCheckpointsRule(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	l, g := h.line(), h.guests(2)
	secret := h.pairAt(h.staff(conference.RoleSupervisor), h.pointCalled("Bàn báo chí").ID)
	door := browser.Tab(360, 740)
	door.Go(l.URL + "/door/pair#" + secret)
	door.WaitFor("the list", `Number(document.querySelector("[data-registered]")?.dataset.registered) > 0`)
	l.mode.Store("down")
	typeCode(door, g[0].code)
	door.WaitFor("a red verdict", shows("wrong_group", g[0].number))
	door.Shot("door-wrong-group-360")
	door.Touch("Vẫn cho vào")
	door.WaitText("Vẫn cho vào điểm này?")
	door.Shot("door-anyway-360")
	door.Click(`dialog [name=anyway][value=escort]`)
	door.Click(`dialog button[value=yes]`)
	door.WaitFor("a green verdict", shows("accepted", g[0].number))
	l.mode.Store("up")
	testkit.Eval[bool](door, `(window.dispatchEvent(new Event("online")), true)`)
	door.WaitFor("the queue to empty", queueEmpty)
	if n := h.scans(`delegate_id = ? AND verdict = 'wrong_group'`, g[0].id); n != 1 {
		t.Errorf("%d refusals on record", n)
	}
	if n := h.scans(`delegate_id = ? AND verdict = 'accepted' AND anyway = 1 AND reason = 'escort' AND badge_number IS NOT NULL`, g[0].id); n != 1 {
		t.Errorf("%d entries all the same on record", n)
	}
	byHand(door, strings.ToLower(g[1].number), g[1].number)
	door.WaitFor("a red verdict by hand", shows("wrong_group", g[1].number))
	door.CheckAccessibility("door-wrong-group")
}

// The problems above a refused form stand in the order of its fields, at every try.
func TestProblemsStandInTheOrderOfTheFields(t *testing.T) {
	h := open(t)
	long := strings.Repeat("x", 5000)
	supervisor, officer := h.staff(conference.RoleSupervisor), h.staff(conference.RolePressOfficer)
	for range 8 {
		for _, c := range []struct {
			v                   *visitor
			path, first, second string
		}{{supervisor, deskDoor + "/points/new", "name_vi", "name_en"}, {officer, pressDesk + "/settings", "words_vi", "words_en"}} {
			_, body := c.v.fill(c.path, c.first, long, c.second, long)
			one, two := strings.Index(body, `href="#f-`+c.first+`"`), strings.Index(body, `href="#f-`+c.second+`"`)
			if one < 0 || two < one {
				t.Fatalf("%s: %s at %d, %s at %d", c.path, c.first, one, c.second, two)
			}
		}
	}
}
