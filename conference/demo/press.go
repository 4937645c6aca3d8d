package demo

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/press"
)

// reporter is one applicant of the story and what becomes of the application.
type reporter struct {
	draft   press.Draft
	becomes press.State
	reason  string
}

// reporters are the story's applicants, plainly invented, the journalist whose link
// the demo gives first.
func reporters() []reporter {
	person := func(name string, g delegation.Gender, outlet string, k press.OutletKind, role press.Role, card, n string) press.Draft {
		return press.Draft{Outlet: outlet, OutletKind: k, FullName: name, Gender: g, Role: role, CardNumber: card, Phone: "09000007" + n,
			Email: "phongvien" + n + "@vidu.invalid", Lang: "vi", Notice: true, ClientKey: "press-" + n}
	}
	return []reporter{
		{person("Trịnh Thị Thí Dụ", "female", "Báo Ví Dụ Điện Tử", "online", "reporter", "VD 00001", "01"), press.Approved, ""},
		{person("Phan Văn Minh Họa", "male", "Đài Phát thanh và Truyền hình Mẫu", "broadcast", "camera", "VD 00002", "02"), press.Approved, ""},
		{person("Hồ Thị Giả Định", "female", "Tạp chí Công nghiệp Giả Định", "magazine", "editor", "VD 00003", "03"), press.Approved, ""},
		{person("Mai Văn Thí Dụ", "male", "Trang tin Không Tên", "online", "reporter", "VD 00004", "04"), press.Refused,
			"Chưa có giấy giới thiệu của cơ quan báo chí; xin bổ sung và đăng ký lại."},
		{person("Đặng Thị Ví Dụ", "female", "Báo Mẫu Chủ Nhật", "print", "photographer", "VD 00005", "05"), press.Waiting, ""},
		{person("Tạ Văn Minh Họa", "male", "Thông tấn xã Ví Dụ", "agency", "reporter", "VD 00006", "06"), press.Waiting, ""},
	}
}

// receivePress writes the press page of the example conference, takes the
// applications and has the press officer decide most of them.
func (f *filler) receivePress(ctx context.Context, officer conference.Actor) error {
	asOfficer := conference.WithActor(ctx, officer)
	err := f.Press.SetDesk(asOfficer, f.xii.ID, press.Desk{ContactName: "Bà Ngô Thị Minh Họa", ContactPhone: "+84900000700", ContactEmail: "bao-chi@vidu.invalid",
		Spokesperson: "Ông Lê Văn Thí Dụ, Phó Trưởng Ban Tổ chức (dữ liệu minh họa)",
		WordsVi:      "Ban Tổ chức trân trọng mời các cơ quan báo chí Trung ương và địa phương đến dự và đưa tin. Bàn báo chí mở cửa trước giờ khai mạc 45 phút.",
		WordsEn:      "The organisers cordially invite the central and local press to attend and report. The press desk opens 45 minutes before the opening."})
	if err != nil {
		return fmt.Errorf("write press page: %w", err)
	}
	nobody := conference.WithActor(ctx, conference.Actor{Kind: conference.ActorNobody})
	for _, r := range reporters() {
		a, err := f.Press.Apply(nobody, f.xii.ID, r.draft, nil)
		if err != nil {
			return fmt.Errorf("apply for %s: %w", r.draft.Outlet, err)
		}
		switch r.becomes {
		case press.Approved:
			_, err = f.Press.Approve(asOfficer, a.ID, press.Waiting, "")
		case press.Refused:
			_, err = f.Press.Refuse(asOfficer, a.ID, r.reason)
		case press.Waiting, press.Revoked:
		}
		if err != nil {
			return fmt.Errorf("decide on %s: %w", r.draft.Outlet, err)
		}
	}
	return nil
}

// pressLink gives the personal link of the first journalist, "" when the
// accreditation was taken back while somebody tried the demo out.
func (f *filler) pressLink(ctx context.Context) (string, error) {
	all, err := press.List(ctx, f.db, f.xii.ID, press.Filter{State: press.Approved, Query: reporters()[0].draft.FullName})
	if err != nil || len(all) == 0 {
		return "", err
	}
	d, err := delegation.ByID(ctx, f.db, all[0].DelegateID)
	if err != nil {
		return "", fmt.Errorf("read journalist: %w", err)
	}
	return f.base + f.Delegations.Path(d), nil
}
