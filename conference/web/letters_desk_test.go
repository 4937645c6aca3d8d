package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/db"
)

// A file over the limit is refused with that limit, however much the route takes; the record says so in words.
func TestLargeFilesOfLetters(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	one := fmt.Sprintf("%s/%d/giay_moi/signed", deskLetters, h.invitations()[0].ID)
	for _, c := range []struct {
		path, field, want string
		size              int
	}{{one, "signed", "lớn hơn 20 MB", invitation.MaxSigned + 2<<20}, {one, "signed", "không quá 20 MB", invitation.MaxSigned + 1}, {deskLetters + "/template", "template", "lớn hơn 2 MB", invitation.MaxTemplate + 2<<20}} {
		if res, page := v.files(c.path, c.field, map[string]string{"kind": "giay_moi"}, map[string][]byte{"lon.pdf": make([]byte, c.size)}); res.StatusCode < 400 || !strings.Contains(page, c.want) {
			t.Errorf("%s: %d, without %q", c.path, res.StatusCode, c.want)
		}
	}
}

// The record names the kind of letter and the edition in words.
func TestLettersOnRecord(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	if res, _ := v.send(http.MethodPost, deskLetters+"/text", "application/x-www-form-urlencoded", letterForm().Encode()); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	_, page := v.get("/desk/audit")
	if !strings.Contains(page, "loại: giấy mời<") || !strings.Contains(page, `>Hội nghị khuyến công phía Nam lần thứ XII</td>`) {
		t.Error("not in words")
	}
	if strings.Contains(page, "giay_moi") || strings.Contains(page, "kỳ hội nghị 1<") {
		t.Error("raw names")
	}
}

// From an organisation's invitation its letters are one click away, and back.
func TestLettersOfAnInvitation(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	for _, i := range h.invitations()[:2] {
		there, back := fmt.Sprintf("%s/%d", deskLetters, i.ID), fmt.Sprintf("/desk/e/xii-2022/invitations/%d", i.ID)
		if _, page := v.get(back); !strings.Contains(page, `href="`+there+`"`) {
			t.Errorf("%s does not lead to %s", back, there)
		}
		if _, page := v.get(there); !strings.Contains(page, `href="`+back+`"`) {
			t.Errorf("%s does not lead to %s", there, back)
		}
	}
}

// Where the text makes no letter, as in an edition whose host names no province, it is shown with what is missing.
func TestLetterThatCannotBeMade(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	e, err := edition.ByID(t.Context(), h.db, 1)
	if err != nil {
		t.Fatal(err)
	}
	draft := e.Draft()
	draft.HostVi = "Ban Tổ chức Mẫu"
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	if err := h.site.Editions.Change(ctx, 1, draft); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return db.Exec(ctx, tx, `DELETE FROM letter_text`) }); err != nil {
		t.Fatal(err)
	}
	res, page := v.get(fmt.Sprintf("%s/%d/cong_van/letter.pdf", deskLetters, h.invitations()[0].ID))
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Vui lòng nhập phần này của văn bản") || !strings.Contains(page, `action="`+deskLetters+`/text"`) {
		t.Errorf("%d %s", res.StatusCode, page)
	}
}
