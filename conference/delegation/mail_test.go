package delegation_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/delegation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// written gives all of a mail that people see, pictures and files by name.
func written(m outbox.Mail, msg outbox.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "To: %s <%s>\nFrom: %s\nReply-To: %s\nSubject: %s\n", m.ToName, m.ToAddress, msg.FromName, msg.ReplyTo, msg.Subject)
	for _, p := range msg.Inline {
		fmt.Fprintf(&b, "Inline: %s %s <%s>\n", p.Name, p.ContentType, p.ContentID)
	}
	for _, p := range msg.Files {
		fmt.Fprintf(&b, "File: %s %s\n", p.Name, p.ContentType)
	}
	return b.String() + "\n" + msg.Text + "\n==== HTML ====\n" + msg.HTML
}

// hostile lists somebody whose data try to be markup and header lines.
func (h *house) hostile(t *testing.T) ([]delegation.Delegate, outbox.Mail, outbox.Mail) {
	t.Helper()
	i, people := h.ready(t)
	evil := h.add(t, i, delegation.Person{FullName: "Hồ <script>alert(1)</script> Ví Dụ\r\nBcc: ai@vidu.example", JobTitle: `Chủ cơ sở "><img src=x>`,
		GroupID: h.groups[1].ID, Email: "vidu@vidu.example"})
	h.submit(t, i)
	confirms := h.mails(t, delegation.KindConfirm)
	return append(people, evil), confirms[0], h.mails(t, delegation.KindCodes)[0]
}

func TestMails(t *testing.T) {
	h := open(t)
	people, _, codes := h.hostile(t)
	confirms := h.mails(t, delegation.KindConfirm)
	slices.SortFunc(confirms, func(a, b outbox.Mail) int { return int(a.ID - b.ID) })
	for name, m := range map[string]outbox.Mail{"confirm.txt": confirms[0], "confirm-hostile.txt": confirms[1], "codes.txt": codes} {
		m, msg, err := h.out.Render(t.Context(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, name, written(m, msg))
		if strings.ContainsAny(msg.Subject, "\r\n") || strings.Contains(msg.HTML, "<script") || strings.Contains(msg.HTML, "<img src=x") || strings.Contains(msg.HTML, "ZgotmplZ") {
			t.Errorf("%s: a name became markup or a header", name)
		}
		for _, secret := range msg.Secrets {
			if secret == "" {
				t.Errorf("%s: an empty secret", name)
			}
		}
	}
	_, msg, err := h.out.Render(t.Context(), confirms[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.room.Code(t.Context(), h.db, people[1])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{h.room.Link(people[1]), people[1].Token(h.keys), c.Text}
	if diff := cmp.Diff(want, msg.Secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if !bytes.Equal(msg.Inline[0].Data, msg.Files[0].Data) {
		t.Error("the picture and the file differ")
	}
	if got := testkit.ReadQR(t, msg.Files[0].Data); !slices.Equal(got, []string{c.Text}) {
		t.Errorf("the picture reads %q", got)
	}
}

func TestMailsInEnglish(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	h.submit(t, i)
	for _, subject := range []struct {
		kind string
		id   int64
		want string
	}{{delegation.KindConfirm, people[1].ID, "Dear Ms Đặng Thị Thí Dụ,"}, {delegation.KindCodes, i.ID, "To: "}} {
		id := h.queue(t, outbox.Queued{Edition: h.xii.ID, Kind: subject.kind, Subject: subject.id, Lang: "en", ToAddress: "x@vidu.example"})
		_, msg, err := h.out.Render(t.Context(), id)
		if err != nil || !strings.Contains(msg.Text, subject.want) || strings.Contains(msg.Text, "⟦") {
			t.Errorf("%s: %v\n%s", subject.kind, err, msg.Text)
		}
	}
}

func (h *house) queue(t *testing.T, q outbox.Queued) (id int64) {
	t.Helper()
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = h.out.Queue(ctx, tx, q)
		return err
	})
	return id
}
