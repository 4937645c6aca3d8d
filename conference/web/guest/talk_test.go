package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
)

// Whoever declines may name another organisation, change the answer until the deadline,
// and reads what became of it.
func TestDeclineWithASubstitute(t *testing.T) {
	s := open(t)
	s.post(s.base()+"/decline", "reason", "Trùng lịch", "sub_phone", "12", "sub_name", "Người Thí Dụ").want(http.StatusUnprocessableEntity).
		has("Trùng lịch</textarea>", `value="Người Thí Dụ"`, `value="12"`, `id="f-sub_organisation-error"`, `id="f-sub_phone-error"`)
	if s.invitation().Answer != invitation.Unanswered {
		t.Fatal("a refused form answered")
	}
	s.post(s.base()+"/decline", "reason", "Trùng lịch", "sub_organisation", "Trung tâm <b>Mẫu</b>", "sub_email", "thay@vidu.example").leads(s.base())
	s.get(s.base()).has("đề xuất Trung tâm <b>Mẫu</b> tham dự thay", "Sửa câu trả lời", `value="thay@vidu.example"`).hasNot("<b>Mẫu</b></p>")
	s.get(s.base() + "/accept").leads(s.base()) // an answer comes by POST only
	if s.invitation().Answer != invitation.Declined {
		t.Error("a GET answered")
	}
	s.post(s.base()+"/decline", "reason", "Lý do mới", "sub_organisation", "Hiệp hội Mẫu").leads(s.base())
	s.get(s.base()).has("Lý do mới", "đề xuất Hiệp hội Mẫu tham dự thay").hasNot("Trung tâm <b>")
	open, err := invitation.SubstitutesWaiting(t.Context(), s.rooms.DB, s.e.ID)
	if err != nil || len(open) != 1 {
		t.Fatalf("proposals %+v, %v", open, err)
	}
	made, err := s.rooms.Invitations.InviteSubstitute(t.Context(), open[0].ID, invitation.Choice{Name: "Hiệp hội Mẫu", Kind: "association", MoveSeats: true})
	if err != nil {
		t.Fatal(err)
	}
	s.get(s.base()).has("đã mời Hiệp hội Mẫu tham dự thay").hasNot("sub_organisation")
	s.post(s.base() + "/accept").want(http.StatusUnprocessableEntity).has("đã mời Hiệp hội Mẫu thay")
	s.get(s.rooms.Invitations.Path(made)).want(http.StatusOK).has("theo đề xuất của "+s.mine.Organisation.Vi, "0 / 5 đại biểu")
}

func TestAskTheSecretariat(t *testing.T) {
	s := open(t)
	if err := s.rooms.Invitations.SetContact(t.Context(), s.mine.ID, invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010", Email: "daumoi@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	s.get(s.base()).has("Hỏi Ban Thư ký", `name="asker_email" type="email" value="daumoi@vidu.example"`)
	s.post(s.base()+"/questions", "question", "Gửi xe ở đâu?", "asker_phone", "12").want(http.StatusUnprocessableEntity).
		has("Gửi xe ở đâu?</textarea>", `value="12"`, `id="f-asker_name-error"`, `id="f-asker_phone-error"`, "<details open>")
	ask := func(text string) page {
		return s.post(s.base()+"/questions", "question", text, "asker_name", "Võ Thị Minh Họa", "asker_email", "daumoi@vidu.example")
	}
	ask("Gửi xe ở đâu? <script>").leads(s.base() + "#ask")
	s.get(s.base()).has("Gửi xe ở đâu? <script>", "chờ Ban Thư ký trả lời", "Câu hỏi đã gửi (1)").hasNot("<p class=\"said\">Gửi xe ở đâu? <script></p><script")
	s.get(s.rooms.Invitations.Path(s.other)).hasNot("Gửi xe ở đâu")
	all, err := invitation.QuestionsOf(t.Context(), s.rooms.DB, s.mine.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("questions %+v, %v", all, err)
	}
	if err := s.rooms.Invitations.AnswerQuestion(t.Context(), all[0].ID, "Bãi xe cổng sau."); err != nil {
		t.Fatal(err)
	}
	s.get(s.base()).has("Đã trả lời lúc", "Bãi xe cổng sau.").hasNot("chờ Ban Thư ký")
	s.clock.Set(s.e.RegisterBy.Add(time.Hour))
	for range 5 {
		ask("Xin gia hạn?").leads(s.base() + "#ask")
	}
	ask("Câu thứ bảy").want(http.StatusUnprocessableEntity).has("nhiều câu hỏi trong thời gian ngắn", "Câu thứ bảy</textarea>")
}

// The deadline stands in words with its zone, and an own one says what it differs from.
func TestDeadlineInWords(t *testing.T) {
	s := open(t)
	s.get(s.base()).has("11 giờ 30 ngày 13 tháng 10 năm 2022 (giờ Việt Nam, GMT+7)").hasNot("gia hạn riêng")
	if err := s.rooms.Invitations.SetDeadline(t.Context(), s.mine.ID, s.e.RegisterBy.Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.get(s.base()).has("hạn riêng của Quý cơ quan; hạn chung là 11 giờ 30 ngày 13 tháng 10 năm 2022")
	s.get(s.base()+"?lang=en").has("Viet Nam time, GMT+7", "deadline of your own")
}

// A link that was withdrawn belongs to a conference that is not on the front page: its
// own secretariat is to be called.
func TestWithdrawnLinkShowsItsOwnSecretariat(t *testing.T) {
	s := open(t)
	next := edition.XII()
	next.Ordinal, next.Slug, next.StartsOn, next.EndsOn, next.ContactPhone = 13, "xiii-2023", "2023-08-10", "2023-08-10", "0900000099"
	next.RegisterBy.Time = time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)
	e, err := s.rooms.Editions.Create(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.rooms.Invitations.Prepare(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	all, err := invitation.List(t.Context(), s.rooms.DB, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	path, code := s.rooms.Invitations.Path(all[0]), s.rooms.Invitations.ShortCode(all[0])
	if _, err := s.rooms.Invitations.Reissue(t.Context(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	s.get(path).want(http.StatusGone).has("thu hồi liên kết", "0900 000 099").hasNot("0900 000 001")
	for _, typed := range []string{code, "https://hoinghi.example" + path} {
		s.post("/m", "code", typed).want(http.StatusUnprocessableEntity).has("thu hồi liên kết", "0900 000 099")
	}
}

// The answer, its change and a question work with a keyboard and a screen reader, on a phone.
func TestLookAtAnswers(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	s := open(t)
	tab := browser.Tab(360, 740)
	look := func(name string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 800)
			tab.Shot(fmt.Sprintf("guest-%s-%d", name, width))
		}
		tab.CheckAccessibility(name)
	}
	tab.Go(s.server.URL + s.base())
	tab.Click("#ask summary")
	tab.Fill("#f-question", "Đoàn đến lúc 22 giờ có được nhận phòng không?")
	tab.Fill("#f-asker_name", "Võ Thị Minh Họa")
	tab.Fill("#f-asker_email", "daumoi@vidu.example")
	tab.Press("Gửi Ban Thư ký")
	tab.WaitText("đã nhận được câu hỏi")
	tab.Go(s.server.URL + s.base())
	tab.Click("#decline summary")
	tab.Fill("#f-reason", "Trùng lịch họp Hội đồng nhân dân tỉnh")
	tab.Fill("#f-sub_organisation", "Trung tâm Khuyến công Mẫu")
	tab.Fill("#f-sub_phone", "12")
	tab.Press("Từ chối tham dự")
	tab.WaitText("Số điện thoại chưa đúng")
	look("decline-refused")
	tab.Fill("#f-sub_phone", "0900000021")
	tab.Press("Từ chối tham dự")
	tab.WaitText("Ban Tổ chức đang xem xét")
	look("substitute")
	if !strings.Contains(tab.Text(), "chờ Ban Thư ký trả lời") {
		t.Error("the question is gone")
	}
}
