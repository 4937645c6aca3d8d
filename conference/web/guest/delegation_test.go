package guest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
)

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func TestAddEditRemoveSubmit(t *testing.T) {
	s := open(t)
	s.get(s.base()).want(http.StatusOK).has(s.mine.Organisation.Vi, "Chưa có đại biểu nào", "còn 38 ngày", "11:30, 13/10/2022")
	s.add("Phạm Quốc Mẫu", 0, "gender", "male", "job_title", "Phó Giám đốc", "head", "1").leads(s.base() + "?added=1#add")
	s.add("Đặng Thị Thí Dụ", 1, "gender", "female").leads(s.base() + "?added=1#add")
	s.get(s.base()).want(http.StatusOK).has("Danh sách đoàn (2 đại biểu)", "Ông Phạm Quốc Mẫu", "Phó Giám đốc, "+s.mine.Organisation.Vi, "Bà Đặng Thị Thí Dụ",
		"Trưởng đoàn", "0900 000 011", "Gửi danh sách (2 đại biểu)", "1 / 2", "1 / 3")

	second := s.delegation().Delegates[1]
	at := s.base() + "/delegates/" + itoa(second.ID)
	s.get(at).want(http.StatusOK).has(`value="Đặng Thị Thí Dụ"`, `value="0900 000 011"`)
	s.post(at, "full_name", "Đặng Thị Ví Dụ", "gender", "female", "group", itoa(s.groups[1].ID), "phone", "0900000012").leads(s.base())
	s.get(s.base()).has("Bà Đặng Thị Ví Dụ", "0900 000 012").hasNot("Thí Dụ")

	s.post(at + "/head").leads(s.base())
	if d := s.delegation(); d.HeadID != second.ID {
		t.Errorf("head is %d, want %d", d.HeadID, second.ID)
	}

	s.post(s.base() + "/submit").want(http.StatusUnprocessableEntity).has("đánh dấu vào ô này")
	s.post(s.base()+"/submit", "informed", "1").leads(s.base() + "/codes")
	codes := s.get(s.base()+"/codes").want(http.StatusOK).has("Ông Phạm Quốc Mẫu", "Bà Đặng Thị Ví Dụ", "Trưởng đoàn")
	if n := strings.Count(codes.body, `<svg class="qr"`); n != 2 {
		t.Errorf("%d codes, want 2", n)
	}
	png := s.get(s.base() + "/codes/" + second.Number + ".png").want(http.StatusOK)
	if read := testkit.ReadQR(t, []byte(png.body)); len(read) != 1 {
		t.Errorf("the picture holds %d codes", len(read))
	}
	s.get(s.base() + "/codes/KC22-XXX-001.png").want(http.StatusNotFound)
	s.get(s.base() + "/codes/" + second.Number).want(http.StatusNotFound)
	s.get(s.base()).has("2 đại biểu đã đăng ký").hasNot("Gửi danh sách (")

	s.post(at + "/remove").leads(s.base() + "?removed=" + itoa(second.ID) + "#list")
	s.get(s.base()+"?removed="+itoa(second.ID)).has("Đã xóa Bà Đặng Thị Ví Dụ", at+"/restore", "Danh sách đoàn (1 đại biểu)")
	s.get(s.base() + "/codes").hasNot("Ví Dụ")
	s.post(at + "/restore").leads(s.base())
	s.get(s.base()).has("Danh sách đoàn (2 đại biểu)")
}

// The same form sent twice is one delegate; a new form is another.
func TestDoublePostIsOneDelegate(t *testing.T) {
	s := open(t)
	for range 2 {
		s.add("Phạm Quốc Mẫu", 0, "client_key", "form-1").leads(s.base() + "?added=1#add")
	}
	s.only()
	s.add("Phạm Quốc Mẫu", 0, "client_key", "form-2").leads(s.base())
	if n := len(s.delegation().Delegates); n != 2 {
		t.Errorf("%d delegates, want 2", n)
	}
	a, b := s.get(s.base()).body, s.get(s.base()).body
	if key(t, a) == key(t, b) {
		t.Error("two forms have the same key")
	}
}

func key(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="client_key" value="`)
	value, _, closed := strings.Cut(rest, `"`)
	if !ok || !closed || len(value) < 20 {
		t.Fatalf("no key in the form: %.60q", rest)
	}
	return value
}

func TestRefusedFormKeepsWhatWasTyped(t *testing.T) {
	s := open(t)
	group := itoa(s.groups[1].ID)
	p := s.post(s.base()+"/delegates", "full_name", "Phạm Quốc Mẫu", "gender", "male", "job_title", "Giám đốc <b>", "organisation", "Đơn vị Mẫu",
		"group", group, "phone", "12", "email", "không phải", "head", "1", "client_key", "form-1").want(http.StatusUnprocessableEntity)
	p.has(`value="Phạm Quốc Mẫu"`, `value="Giám đốc <b>"`, `value="Đơn vị Mẫu"`, `value="12"`, `value="không phải"`, `value="form-1"`,
		`<option value="male" selected>`, `<option value="`+group+`" selected>`, `name="head" value="1" checked`,
		`id="f-phone-error"`, `id="f-email-error"`, `href="#f-phone"`)
	if len(s.delegation().Delegates) != 0 {
		t.Error("a refused form listed somebody")
	}
	if s.invitation().Answer != invitation.Unanswered {
		t.Error("a refused form answered the invitation")
	}

	s.add("Phạm Quốc Mẫu", 0).leads(s.base() + "?added=1#add")
	at := s.base() + "/delegates/" + itoa(s.only().ID)
	s.post(at, "full_name", "", "group", group, "job_title", "Trưởng phòng").want(http.StatusUnprocessableEntity).
		has(`id="f-full_name-error"`, `value="Trưởng phòng"`, `action="`+at+`#add"`)

	s.post(s.base()+"/contact", "focal_name", "Võ Thị Minh Họa", "focal_phone", "9").want(http.StatusUnprocessableEntity).
		has(`value="Võ Thị Minh Họa"`, `id="f-focal_phone-error"`)
	s.post(s.base()+"/contact", "focal_name", "Võ Thị Minh Họa", "focal_phone", "0900 000 010", "focal_email", "DauMoi@vidu.gov.vn").leads(s.base())
	if i := s.invitation(); i.FocalPhone != "+84900000010" || i.FocalName != "Võ Thị Minh Họa" {
		t.Errorf("contact is %q, %q", i.FocalName, i.FocalPhone)
	}
}

// Nobody becomes the head without a telephone: the form that is shown asks for it.
func TestHeadWithoutATelephone(t *testing.T) {
	s := open(t)
	s.post(s.base()+"/delegates", "full_name", "Lê Văn Ví Dụ", "group", itoa(s.groups[0].ID)).leads(s.base() + "?added=1#add")
	at := s.base() + "/delegates/" + itoa(s.only().ID)
	s.post(at+"/head").want(http.StatusUnprocessableEntity).has(`value="Lê Văn Ví Dụ"`, `id="f-phone-error"`, `name="head" value="1" checked`, `action="`+at+`#add"`)
	s.post(s.base()+"/submit", "informed", "1").want(http.StatusUnprocessableEntity).has("chưa có trưởng đoàn")
}

func TestDeclineAndAccept(t *testing.T) {
	s := open(t)
	s.post(s.base()+"/decline", "reason", strings.Repeat("x", 501)).want(http.StatusUnprocessableEntity).has("Lý do dài quá 500", strings.Repeat("x", 501))
	s.post(s.base()+"/decline", "reason", "Trùng lịch họp của tỉnh").leads(s.base())
	s.get(s.base()).want(http.StatusOK).has("đã báo không cử đoàn", "Trùng lịch họp của tỉnh", "Nhận lời mời").hasNot("Thêm đại biểu", "Nhập đại biểu")
	s.add("Phạm Quốc Mẫu", 0).want(http.StatusUnprocessableEntity).has("đã báo không cử đoàn")
	s.post(s.base() + "/accept").leads(s.base())
	s.get(s.base()).has("Thêm đại biểu").hasNot("đã báo không cử đoàn")
	s.add("Phạm Quốc Mẫu", 0).leads(s.base() + "?added=1#add")
	s.post(s.base() + "/decline").want(http.StatusUnprocessableEntity).has("còn 1 đại biểu")
	if a := s.invitation().Answer; a != invitation.Accepted {
		t.Errorf("answer is %q", a)
	}
}

// One link reaches the delegates of its own invitation only, by every route.
func TestDelegatesOfAnotherInvitation(t *testing.T) {
	s := open(t)
	s.add("Phạm Quốc Mẫu", 0, "head", "1").leads(s.base() + "?added=1#add")
	s.post(s.base()+"/submit", "informed", "1").want(http.StatusSeeOther)
	d := s.only()
	others := s.rooms.Invitations.Path(s.other)
	at := others + "/delegates/" + itoa(d.ID)
	s.get(at).want(http.StatusNotFound)
	s.post(at, "full_name", "Kẻ Giả Định", "group", itoa(s.groups[0].ID)).want(http.StatusNotFound)
	for _, verb := range []string{"/remove", "/restore", "/head"} {
		s.post(at + verb).want(http.StatusNotFound)
	}
	s.get(others + "/codes/" + d.Number + ".png").want(http.StatusNotFound)
	s.get(others + "?removed=" + itoa(d.ID)).want(http.StatusOK).hasNot("Phạm Quốc Mẫu")
	s.get(s.base() + "/delegates/x").want(http.StatusNotFound)
	if got := s.only(); got.FullName != d.FullName || got.State != delegation.Registered {
		t.Errorf("the delegate became %+v", got)
	}
}

// Fifty people press the button at once for the last two seats.
func TestQuotaHoldsInARace(t *testing.T) {
	s := open(t)
	var all sync.WaitGroup
	statuses := make([]int, 50)
	for n := range statuses {
		all.Go(func() {
			statuses[n] = s.add(fmt.Sprintf("Nguyễn Giả Định %c%c", 'A'+n/26, 'a'+n%26), 0, "client_key", fmt.Sprintf("form-%d", n)).status
		})
	}
	all.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	if count[http.StatusSeeOther] != 2 || count[http.StatusUnprocessableEntity] != 48 {
		t.Errorf("answers %v, want 2 times 303 and 48 times 422", count)
	}
	if n := len(s.delegation().Delegates); n != 2 {
		t.Errorf("%d delegates on 2 seats", n)
	}
	s.add("Nguyễn Giả Định", 0).has("đã đủ chỉ tiêu 2 đại biểu", `selected>`+s.groups[0].NameVi+" (còn 0 / 2 chỗ)")
	s.get(s.base()).hasNot(s.groups[0].NameVi + " (còn")
}

func TestAfterTheDeadline(t *testing.T) {
	s := open(t)
	s.add("Phạm Quốc Mẫu", 0, "head", "1").leads(s.base() + "?added=1#add")
	s.clock.Set(s.e.RegisterBy.Time)
	s.get(s.base()).has("hết hạn trong hôm nay", "Thêm đại biểu")
	s.add("Đặng Thị Thí Dụ", 1).leads(s.base() + "?added=1#add")
	s.clock.Advance(time.Second)
	at := s.base() + "/delegates/" + itoa(s.delegation().Delegates[0].ID)
	s.get(s.base()).want(http.StatusOK).has("Đã hết hạn đăng ký", "0900 000 001", "Phạm Quốc Mẫu").hasNot("Thêm đại biểu", "Gửi danh sách (", `<form method="post"`, `<form class="form"`)
	s.get(at).leads(s.base())
	s.add("Lê Văn Ví Dụ", 1).want(http.StatusUnprocessableEntity).has("vui lòng liên hệ Ban Thư ký để được gia hạn")
	for path, form := range map[string][]string{"/submit": {"informed", "1"}, "/decline": nil, "/contact": {"focal_name", "Võ Thị Minh Họa"},
		strings.TrimPrefix(at, s.base()): {"full_name", "Kẻ Giả Định", "group", itoa(s.groups[0].ID)}} {
		s.post(s.base()+path, form...).want(http.StatusUnprocessableEntity).has("Đã hết hạn đăng ký")
	}
	d := s.delegation()
	if len(d.Delegates) != 2 || d.Count(delegation.Registered) != 0 || d.Delegates[0].FullName != "Phạm Quốc Mẫu" || s.invitation().FocalName != "" {
		t.Error("something changed after the deadline")
	}
}

func TestDuplicateIsAWarningOnly(t *testing.T) {
	s := open(t)
	s.add("Phạm Quốc Mẫu", 0, "client_key", "form-1").leads(s.base() + "?added=1#add")
	p := s.add("Phạm  Quốc  MẪU", 1, "client_key", "form-2").want(http.StatusSeeOther)
	if len(p.header.Values("Set-Cookie")) == 0 || len(s.delegation().Delegates) != 2 {
		t.Error("a possible double must be listed, with a message")
	}
}
