package account_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/account"
)

// What lets somebody in must not be read from a stolen database file.
func TestDatabaseFileHoldsNoSecret(t *testing.T) {
	h := newHouse(t)
	s, invitation := h.invite("letan@example.vn", "Thí Dụ Văn Lễ", conference.RoleSteward)
	demo := must(h.room.DemoLink(h.as, s.ID))(t)
	_, demoSession, err := h.room.SignInByLink(t.Context(), demo, "")
	if err != nil {
		t.Fatal(err)
	}
	must(h.room.UseLink(t.Context(), invitation, account.Credentials{Password: otherWords}))(t)
	_, session := h.signIn("letan@example.vn", otherWords)
	reissued := must(h.room.Reissue(h.as, s.ID))(t)
	if err := h.room.ChangePassword(h.as, h.admin.ID, 0, account.PasswordChange{Old: adminWords, New: "một con đò nhỏ sang ngang"}); err != nil {
		t.Fatal(err)
	}
	_, pairing, err := h.room.NewPairing(h.as, h.edition(), 1, "Cổng", false)
	if err != nil {
		t.Fatal(err)
	}
	_, device, err := h.room.Pair(t.Context(), pairing)
	if err != nil {
		t.Fatal(err)
	}
	var held []byte
	for _, suffix := range []string{"", "-wal"} {
		held = append(held, must(os.ReadFile(h.db.Path()+suffix))(t)...)
	}
	held = bytes.ToUpper(held)
	if !bytes.Contains(held, bytes.ToUpper([]byte("letan@example.vn"))) {
		t.Fatal("the files read are not where the rows are")
	}
	for name, secret := range map[string]string{
		"invitation": invitation, "demo link": demo, "demo session": demoSession, "session": session, "reissued link": reissued,
		"pairing": pairing, "device": device, "first password": adminWords, "password": otherWords, "new password": "một con đò nhỏ sang ngang",
	} {
		if bytes.Contains(held, bytes.ToUpper([]byte(secret))) {
			t.Errorf("the %s stands in the database file", name)
		}
	}
}

// Every message of the room exists in both languages, and none is left over.
func TestEveryMessageHasItsText(t *testing.T) {
	used := map[string]bool{}
	for _, f := range must(filepath.Glob("*.go"))(t) {
		if matched, _ := filepath.Match("*_test.go", f); matched {
			continue
		}
		for _, m := range regexp.MustCompile(`"(account\.(?:error|mail)\.[a-z_]+)"`).FindAllSubmatch(must(os.ReadFile(f))(t), -1) {
			used[string(m[1])] = true
		}
	}
	for _, r := range conference.Roles() {
		used[account.RoleText(r).Key] = true
	}
	for _, lang := range []string{"vi", "en"} {
		var texts map[string]string
		if err := json.Unmarshal(must(os.ReadFile(filepath.Join("..", "..", "templates", "locales", lang, "account.json")))(t), &texts); err != nil {
			t.Fatal(err)
		}
		for key := range used {
			if texts[key] == "" {
				t.Errorf("%s: %q has no text", lang, key)
			}
		}
		for key := range texts {
			if !used[key] {
				t.Errorf("%s: %q is not used", lang, key)
			}
		}
	}
}
