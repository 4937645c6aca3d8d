package account_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/testkit"
)

func TestPasswordPolicy(t *testing.T) {
	h := newHouse(t)
	staff, _ := h.invite("binh.thidu@example.vn", "Thí Dụ Văn Bình", conference.RoleSteward)
	for _, c := range []struct{ password, want string }{
		{"", "short"},
		{"mười một chữ"[:len("mười một chữ")-len("ữ")], "short"},
		{"ậậậậậậ", "short"}, // 18 bytes, 6 characters
		{strings.Repeat("bốn ngựa ", 15), "long"},
		{"password1234", "common"},
		{"P@ssw0rd2022!", "common"},
		{"matkhau123456", "common"},
		{"Mật khẩu 2022", "common"},
		{"m4tkh4u2022!!", "common"},
		{"khuyencong2022", "common"},
		{"Khuyến công@2022", "common"},
		{"HoiNghi-KhuyenCong-PhiaNam-2022", "common"},
		{"2022tayninh2022", "common"},
		{"congthuongtayninh", "common"},
		{"123456789012", "common"},
		{"098765432109", "common"},
		{"abcdefghijkl", "common"},
		{"aaaaaaaaaaaa", "common"},
		{"121212121212", "common"},
		{"1a2b1a2b1a2b", "common"},
		{"qwertyuiop123", "common"},
		{"1qaz2wsx3edc", "common"},
		{"!!!!????....", "common"},
		{"thidu giấy trăng", "own_name"},
		{"Thị Dụ giấy trăng", "own_name"},
		{"BINH.thidu@2022xyz", "own_name"},
		{"thuyền giấy nghìn mùa trăng", ""},
		{"correct battery staple", ""},
		{"xq7-Lm2w-9vRt", ""},
		{"831940275566", ""}, // no rule of composition
		{"🐘🚲🍋🎻🌧🧭🐘🚲🍋🎻🌧🧵", ""},
		{strings.Repeat("đèo mây ", 16), ""}, // 128 characters
	} {
		t.Run(c.password, func(t *testing.T) {
			token := must(h.room.Reissue(h.as, staff.ID))(t)
			_, err := h.room.UseLink(t.Context(), token, account.Credentials{Password: c.password})
			want := "no error"
			if c.want != "" {
				want = "invalid: error.fields [password: account.error.password_" + c.want + "]"
			}
			if keyOf(err) != want {
				t.Errorf("got  %s\nwant %s", keyOf(err), want)
			}
		})
	}
}

// Whatever is typed, the answer is a field error or a password that signs in.
func TestAnyAcceptedPasswordSignsIn(t *testing.T) {
	h := newHouse(t)
	staff, _ := h.invite("letan@example.vn", "Thí Dụ Văn Lễ", conference.RoleSteward)
	rapid.Check(t, func(rt *rapid.T) {
		password := rapid.StringN(8, 140, -1).Draw(rt, "password")
		token, err := h.room.Reissue(h.as, staff.ID)
		if err != nil {
			rt.Fatal(err)
		}
		_, err = h.room.UseLink(t.Context(), token, account.Credentials{Password: password})
		if conference.KindOf(err) == conference.KindInvalid {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		if _, _, err := h.room.SignIn(t.Context(), "letan@example.vn", password, ""); err != nil {
			rt.Fatal(err)
		}
	})
}

// The real cost works too, and is what the table keeps.
func TestDefaultCost(t *testing.T) {
	room := account.New(testkit.Store(t, testkit.NewClock()))
	token, _, err := room.FirstAdministratorLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	must(room.UseLink(t.Context(), token, account.Credentials{FullName: "Mẫu Thị Quản", Email: adminEmail, Password: adminWords}))(t)
	if _, _, err := room.SignIn(t.Context(), adminEmail, adminWords, ""); err != nil {
		t.Fatal(err)
	}
}
