package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
)

const deskProgramme = "/desk/e/xii-2022/programme"

// fill sends a form of alternating names and values.
func (v *visitor) fill(path string, pairs ...string) (*http.Response, string) {
	v.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

// goes posts a form that must be accepted and gives where it leads.
func (v *visitor) goes(path string, pairs ...string) string {
	v.h.t.Helper()
	res, body := v.fill(path, pairs...)
	if res.StatusCode != http.StatusSeeOther {
		v.h.t.Fatalf("%s: %d\n%s", path, res.StatusCode, problems(body))
	}
	return res.Header.Get("Location")
}

var problem = regexp.MustCompile(`(?s)<p class="error".*?</p>`)

func problems(body string) string { return strings.Join(problem.FindAllString(body, -1), "\n") }

func (h *house) sessions() []agenda.Session {
	h.t.Helper()
	all, err := agenda.Visible(h.t.Context(), h.db, 1, agenda.Internal)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) sessionCalled(title string) agenda.Session {
	h.t.Helper()
	for _, s := range h.sessions() {
		if s.TitleVi == title {
			return s
		}
	}
	h.t.Fatalf("no session %q", title)
	return agenda.Session{}
}

func TestOrganiserEditsTheProgramme(t *testing.T) {
	h := open(t)
	v, public := h.staff(conference.RoleOrganiser), h.visitor()
	// Refused: the form keeps everything that was typed and offers no way around what is simply wrong.
	form := []string{"kind", "discussion", "visibility", "public", "date", "2022-10-13", "starts_at", "10:20", "ends_at", "10:10",
		"title_vi", "Thảo luận <b>nhóm</b>", "title_en", "Group discussion", "room_vi", "hội trường lớn", "room_en", "Main hall", "by_vi", "Tổ Thư ký", "by_en", "Secretaries"}
	res, body := v.fill(deskProgramme+"/new", form...)
	if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, `name="allow_overlap"`) || strings.Count(body, `class="error"`) != 1 {
		t.Fatalf("%d\n%s", res.StatusCode, problems(body))
	}
	for _, typed := range []string{`value="Thảo luận &lt;b&gt;nhóm&lt;/b&gt;"`, `value="Group discussion"`, `value="10:20"`, `value="10:10"`, `value="hội trường lớn"`, `value="Tổ Thư ký"`,
		`<option value="discussion" selected>`, `<option value="2022-10-13" selected>`} {
		if !strings.Contains(body, typed) {
			t.Errorf("lost: %s", typed)
		}
	}
	// A room that is taken: blocked until the organiser insists.
	form = append(form, "length", "30")
	form[9] = ""
	res, body = v.fill(deskProgramme+"/new", form...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `name="allow_overlap"`) || !strings.Contains(problems(body), "trùng nhau lúc 10:20–10:50") {
		t.Fatalf("%d\n%s", res.StatusCode, problems(body))
	}
	v.goes(deskProgramme+"/new", append(form, "allow_overlap", "1")...)
	s := h.sessionCalled("Thảo luận <b>nhóm</b>")
	if s.Minutes() != 30 || s.RoomVi != "hội trường lớn" {
		t.Errorf("%+v", s)
	}
	if _, body := public.get("/e/xii-2022/programme"); !strings.Contains(body, `href="/e/xii-2022/programme" aria-current="page"`) {
		t.Error("the navigation does not say that this is the programme")
	} else if !strings.Contains(body, "Thảo luận &lt;b&gt;nhóm&lt;/b&gt;") {
		t.Error("not on the public page at once")
	}
	if _, body := v.get(deskProgramme); !strings.Contains(body, "1 chỗ trùng phòng hoặc trùng người") {
		t.Error("the clash is not shown on the list")
	}
	// Another hour in another way of writing; the first form's refusals leave nothing behind.
	at := fmt.Sprintf("%s/%d", deskProgramme, s.ID)
	form[7], form[len(form)-1] = "6h30", "20"
	v.goes(at, form...)
	if s := h.sessionCalled("Thảo luận <b>nhóm</b>"); s.StartsAt.Add(7*3600e9).Format("15:04") != "06:30" || s.Sequence != 1 {
		t.Errorf("%+v", s)
	}
	for field, value := range map[string]string{"date": "2022-10-15", "starts_at": "lúc sáng", "slots": "x", "kind": "party"} {
		changed := append([]string{}, form...)
		if field == "slots" {
			changed = append(changed, field, value)
		}
		for i := 0; i < len(changed); i += 2 {
			if changed[i] == field {
				changed[i+1] = value
			}
		}
		if res, body := v.fill(at, changed...); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-`+field+`-error"`) {
			t.Errorf("%s=%s: %d, no message at the field", field, value, res.StatusCode)
		}
	}
	// Removed, and brought back.
	where := v.goes(at + "/remove")
	if _, body := v.get(where); !strings.Contains(body, `action="`+at+`/restore"`) {
		t.Errorf("%s offers no way back", where)
	}
	if _, body := public.get("/e/xii-2022/programme"); strings.Contains(body, "&lt;b&gt;nhóm") {
		t.Error("still on the public page")
	}
	v.goes(at + "/restore")
	if h.sessionCalled("Thảo luận <b>nhóm</b>").UID != s.UID {
		t.Error("came back as another")
	}
}

func TestRestoringIntoATakenRoomAsksFirst(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	s := h.sessionCalled("Phát biểu chào mừng")
	at := fmt.Sprintf("%s/%d", deskProgramme, s.ID)
	v.goes(at + "/remove")
	v.goes(deskProgramme+"/new", "kind", "speech", "visibility", "public", "date", "2022-10-13", "starts_at", "08:20", "ends_at", "08:25", "title_vi", "Chen ngang", "room_vi", s.RoomVi)
	where := v.goes(at + "/restore")
	_, body := v.get(where)
	if !strings.Contains(body, "Chưa khôi phục được") || !strings.Contains(body, `name="allow_overlap" value="1"`) {
		t.Fatalf("%s does not say why", where)
	}
	v.goes(at+"/restore", "allow_overlap", "1")
	h.sessionCalled("Phát biểu chào mừng")
}

func TestOrganiserShiftsWhatFollows(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	s := h.sessionCalled("Giải lao, chụp ảnh lưu niệm")
	at := fmt.Sprintf("%s/%d/shift", deskProgramme, s.ID)
	for _, minutes := range []string{"0", "x", "900"} {
		res, body := v.fill(at, "minutes", minutes)
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, `name="allow_overlap"`) {
			t.Errorf("%s: %d", minutes, res.StatusCode)
		}
		if !strings.Contains(body, `id="f-minutes-error"`) || !strings.Contains(body, `name="minutes" type="number" value="`+minutes+`"`) {
			t.Errorf("%s: nothing at the field, or the number is lost", minutes)
		}
	}
	// The papers follow the report in the same hall, so they cannot go where it still is.
	papers := h.sessionCalled("Tham luận của các tỉnh, thành phố")
	res, body := v.fill(fmt.Sprintf("%s/%d/shift", deskProgramme, papers.ID), "minutes", "-25")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `name="allow_overlap"`) {
		t.Errorf("into the report: %d\n%s", res.StatusCode, problems(body))
	}
	before := h.sessions()
	if where := v.goes(fmt.Sprintf("%s/%d/shift", deskProgramme, papers.ID), "minutes", "10"); where != deskProgramme {
		t.Errorf("leads to %s", where)
	}
	for i, s := range h.sessions() {
		want := before[i].StartsAt.Time
		if !before[i].StartsAt.Before(papers.StartsAt.Time) {
			want = want.Add(10 * 60e9)
		}
		if !s.StartsAt.Equal(want) {
			t.Errorf("%q starts %v, want %v", s.TitleVi, s.StartsAt, want)
		}
	}
}

func TestOrganiserPlacesSpeakers(t *testing.T) {
	h := open(t)
	v, public := h.staff(conference.RoleOrganiser), h.visitor()
	papers := h.sessionCalled("Tham luận của các tỉnh, thành phố")
	at := fmt.Sprintf("%s/%d", deskProgramme, papers.ID)
	if _, body := v.get(at); !strings.Contains(body, "Còn 1 suất") {
		t.Error("the free place is not shown")
	}
	// A new speaker, added on the way to the speech.
	res, body := v.fill(deskProgramme+"/speakers/new", "session", fmt.Sprint(papers.ID), "job_title_vi", "Phó Giám đốc")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Phó Giám đốc"`) || !strings.Contains(body, `id="f-full_name-error"`) {
		t.Fatalf("%d\n%s", res.StatusCode, problems(body))
	}
	where := v.goes(deskProgramme+"/speakers/new", "session", fmt.Sprint(papers.ID), "full_name", "Phạm Thị Giả Định", "gender", "female", "degree", "TS.", "job_title_vi", "Phó Giám đốc")
	_, body = v.get(where)
	chosen := regexp.MustCompile(`<option value="(\d+)" selected>Phạm Thị Giả Định`).FindStringSubmatch(body)
	if chosen == nil {
		t.Fatalf("%s does not have the new speaker chosen", where)
	}
	v.goes(at+"/speeches/new", "speaker_id", chosen[1], "topic_vi", "Bài của Giả Định")
	if _, body := public.get("/e/xii-2022/programme"); !strings.Contains(body, "Bà TS. Phạm Thị Giả Định") || !strings.Contains(body, ">10:00</time>") || strings.Contains(body, "suất tham luận") {
		t.Error("the public page does not show the paper, or still promises a place")
	}
	res, body = v.fill(at+"/speeches/new", "speaker_id", chosen[1], "topic_vi", "Bài thứ năm", "starts_at", "09:00")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Bài thứ năm"`) || strings.Contains(body, `name="allow_overlap"`) {
		t.Errorf("a fifth paper: %d\n%s", res.StatusCode, problems(body))
	}
	// The same speaker elsewhere at that time.
	v.goes(deskProgramme+"/new", "kind", "speech", "visibility", "public", "date", "2022-10-13", "starts_at", "09:30", "ends_at", "10:30", "title_vi", "Chuyên đề song song", "room_vi", "Phòng họp nhỏ")
	other := fmt.Sprintf("%s/%d", deskProgramme, h.sessionCalled("Chuyên đề song song").ID)
	res, body = v.fill(other+"/speeches/new", "speaker_id", chosen[1], "starts_at", "10:05")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `name="allow_overlap"`) || !strings.Contains(problems(body), "cùng lúc 10:05–10:10") {
		t.Fatalf("in two places: %d\n%s", res.StatusCode, problems(body))
	}
	v.goes(other+"/speeches/new", "speaker_id", chosen[1], "starts_at", "10:05", "allow_overlap", "1")
	// A speaker with speeches stays on the list; a speech that goes can come back.
	if res, body := v.fill(deskProgramme + "/speakers/" + chosen[1] + "/remove"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "đang có bài trong mục") {
		t.Errorf("removed with speeches: %d", res.StatusCode)
	}
	speech := h.sessionCalled("Chuyên đề song song").Speeches[0]
	path := fmt.Sprintf("%s/speeches/%d", deskProgramme, speech.ID)
	if res, body := v.fill(path, "speaker_id", chosen[1], "minutes", "x"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="x"`) {
		t.Errorf("no number: %d", res.StatusCode)
	}
	v.goes(path, "speaker_id", chosen[1], "starts_at", "10:15", "minutes", "15")
	where = v.goes(path + "/remove")
	if _, body := v.get(where); !strings.Contains(body, `action="`+path+`/restore"`) {
		t.Errorf("%s offers no way back", where)
	}
	v.goes(path + "/restore")
	if s := h.sessionCalled("Chuyên đề song song"); len(s.Speeches) != 1 || s.Speeches[0].Minutes != 15 {
		t.Errorf("%+v", s.Speeches)
	}
}

// An edition's addresses reach that edition's programme only.
func TestProgrammesOfTwoEditionsDoNotMix(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	s := h.sessionCalled("Tham luận của các tỉnh, thành phố")
	wrong := "/desk/e/ky-mau-2027/programme"
	for _, path := range []string{fmt.Sprintf("/%d", s.ID), fmt.Sprintf("/speeches/%d", s.Speeches[0].ID), fmt.Sprintf("/speakers/%d", s.Speeches[0].SpeakerID), fmt.Sprintf("/%d/speeches/new", s.ID)} {
		if res, _ := v.get(wrong + path); res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{fmt.Sprintf("/%d", s.ID), fmt.Sprintf("/%d/remove", s.ID), fmt.Sprintf("/%d/shift", s.ID), fmt.Sprintf("/speeches/%d/remove", s.Speeches[0].ID),
		fmt.Sprintf("/speakers/%d", s.Speeches[0].SpeakerID), fmt.Sprintf("/speakers/%d/remove", s.Speeches[0].SpeakerID)} {
		if res, _ := v.fill(wrong+path, "minutes", "5"); res.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, res.StatusCode)
		}
	}
	if len(h.sessionCalled(s.TitleVi).Speeches) != 3 {
		t.Error("something was changed")
	}
}
