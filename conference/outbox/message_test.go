package outbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

func TestFormOfAMail(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	png := bytes.Repeat([]byte{0x89, 'P', 'N', 'G', 0, '\r', '\n', 0xff}, 500)
	msg := outbox.Message{
		Subject:  "Giấy mời dự Hội nghị Công Thương các tỉnh, thành phố khu vực phía Nam lần thứ XII, năm 2022 tại tỉnh Mẫu",
		Text:     "Kính gửi: Quý cơ quan\n.\n..dòng bắt đầu bằng dấu chấm\n" + strings.Repeat("rất dài ", 300) + "\nTrân trọng.\n",
		HTML:     `<p>Kính gửi: Quý cơ quan <img src="cid:qr" alt=""></p>`,
		ReplyTo:  "thuky@example.vn",
		FromName: "BTC Hội nghị 12",
		Inline:   []outbox.Part{{Name: "qr.png", ContentType: "image/png", ContentID: "qr", Data: png}},
		Files: []outbox.Part{
			{Name: "Giấy mời Đơn vị \"Mẫu\".pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.7 mẫu")},
			{Name: "../lich.ics", ContentType: "text/calendar; charset=utf-8; method=PUBLISH", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
		},
	}
	r.box.Compose("test.full", func(context.Context, outbox.Mail) (outbox.Message, error) { return msg, nil })
	id := r.queueAs(outbox.Queued{Kind: "test.full", Subject: 1, ToAddress: address(1), ToName: "Nguyễn Thị Ngọc Diễm Mẫu"})
	r.run()
	r.untilState(id, outbox.StateSent, 1)
	got := r.received(1)[0]

	if want := "mixed(related(alternative(text/plain text/html) image/png) application/pdf text/calendar)"; got.Structure != want {
		t.Errorf("structure %s", got.Structure)
	}
	checks := map[string][2]string{
		"subject":        {msg.Subject, got.Subject},
		"text":           {msg.Text, got.Text},
		"html":           {msg.HTML, got.HTML},
		"from":           {`"BTC Hội nghị 12" <banthuky@hoinghi.example.vn>`, fmt.Sprintf("%q <%s>", got.From.Name, got.From.Address)},
		"to":             {`"Nguyễn Thị Ngọc Diễm Mẫu" <mau1@donvi.example.vn>`, fmt.Sprintf("%q <%s>", got.To.Name, got.To.Address)},
		"reply to":       {msg.ReplyTo, got.ReplyTo},
		"envelope":       {"banthuky@hoinghi.example.vn mau1@donvi.example.vn", got.EnvelopeFrom + " " + got.EnvelopeTo},
		"message id":     {r.mail(id).MessageID, got.MessageID},
		"date":           {r.clock.Now().String(), got.Date.UTC().String()},
		"auto-submitted": {"auto-generated", got.Header.Get("Auto-Submitted")},
		"hello":          {"hoinghi.example.vn", got.Hello},
		"programs":       {"", got.Header.Get("User-Agent") + got.Header.Get("X-Mailer")},
	}
	for what, c := range checks {
		if c[0] != c[1] {
			t.Errorf("%s: %q, want %q", what, c[1], c[0])
		}
	}
	want := []testkit.ReceivedPart{
		{ContentType: "image/png", Disposition: "inline", Name: "qr.png", ContentID: "qr", Data: png},
		{ContentType: "application/pdf", Disposition: "attachment", Name: "Giay_moi_Don_vi__Mau_.pdf", Data: msg.Files[0].Data},
		{ContentType: "text/calendar", Disposition: "attachment", Name: "_lich.ics", Data: msg.Files[1].Data},
	}
	if d := cmp.Diff(want, got.Parts); d != "" {
		t.Error(d)
	}
	for n, line := range bytes.Split(got.Raw, []byte("\r\n")) {
		if len(line) > 200 || bytes.ContainsFunc(line, func(r rune) bool { return r > 126 || r < 32 && r != '\t' }) {
			t.Errorf("line %d is not plain: %q", n+1, line)
		}
	}
	if from := got.Header.Get("From"); strings.Count(from, "=?") != 1 {
		t.Errorf("the sender's name takes more than one encoded word: %s", from)
	}
	if !strings.HasSuffix(got.MessageID, "@hoinghi.example.vn") || strings.Contains(string(got.Raw), "localhost") {
		t.Errorf("names this machine: %s", got.MessageID)
	}
}

func TestLongSenderNameIsCutAtAWord(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
		cfg.FromName = "Ban Tổ chức Hội nghị Công Thương các tỉnh, thành phố khu vực phía Nam"
	})
	id := r.queue(1)
	r.run()
	r.untilState(id, outbox.StateSent, 1)
	got := r.received(1)[0]
	if !strings.HasPrefix("Ban Tổ chức Hội nghị Công Thương các tỉnh", got.From.Name) || !strings.HasPrefix(got.From.Name, "Ban Tổ chức") {
		t.Errorf("from %q", got.From.Name)
	}
	if strings.Count(got.Header.Get("From"), "=?") != 1 {
		t.Errorf("header %s", got.Header.Get("From"))
	}
}

// Whatever a room puts into a mail, it stays inside its own field.
func TestNothingBecomesAHeader(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	payloads := []string{
		"x\r\nBcc: them@example.vn", "x\nX-Evil: 1\n\nbody", "x\rX-Evil: 1", "\r\n\r\nbody", "x\x00y", "=?utf-8?q?x=0D=0AX-Evil:_1?=",
		"\"\r\nX-Evil: 1\" <a@example.vn>", "x\u2028X-Evil: 1", "a\"; filename=\"b.exe", strings.Repeat("dài ", 400), "\xff\xfe", `x\Â`,
	}
	turn := 0
	r.box.Compose("test.evil", func(_ context.Context, m outbox.Mail) (outbox.Message, error) {
		p := payloads[m.SubjectID]
		part := outbox.Part{Name: p, ContentType: "text/plain" + p, ContentID: p, Data: []byte("x")}
		return outbox.Message{Subject: "S" + p, Text: p + ".", HTML: p, FromName: p, Inline: []outbox.Part{part}, Files: []outbox.Part{part}}, nil
	})
	r.run()
	for i, p := range payloads {
		r.untilState(r.queueAs(outbox.Queued{Kind: "test.evil", Subject: int64(i), ToAddress: address(1), ToName: p}), outbox.StateSent, 1)
		turn++
		got := r.received(turn)[turn-1]
		for name := range got.Header {
			switch name {
			case "From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted":
			default:
				t.Errorf("%q made a header %s", p, name)
			}
		}
		if got.To.Address != address(1) || got.From.Address != "banthuky@hoinghi.example.vn" || len(got.Parts) != 2 {
			t.Errorf("%q changed the mail: %+v", p, got)
		}
		if strings.Contains(got.Parts[1].Name, "exe") && strings.ContainsAny(got.Parts[1].Name, `";=`) {
			t.Errorf("%q became the file name %q", p, got.Parts[1].Name)
		}
	}
}

func TestAnyTextArrivesAsItWas(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	var msg outbox.Message
	r.box.Compose("test.any", func(context.Context, outbox.Mail) (outbox.Message, error) { return msg, nil })
	r.run()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.StringMatching(`[a-zA-Z0-9ĂăÂâĐđÊêÔôƠơƯưẠ-ỹ.,:;=?_<>"'()@/\\-]{1,40}`)
		words := rapid.SliceOfN(word, 1, 30)
		subject := strings.Join(words.Draw(rt, "subject"), " ")
		text := strings.Join(words.Draw(rt, "text"), "\n")
		name := strings.ReplaceAll(strings.Join(rapid.SliceOfN(word, 0, 5).Draw(rt, "name"), " "), `\`, "/")
		msg = outbox.Message{Subject: subject, Text: text}
		r.untilState(r.queueAs(outbox.Queued{Kind: "test.any", ToAddress: address(1), ToName: name}), outbox.StateSent, 1)
		n++
		got := r.received(n)[n-1]
		if got.Subject != subject || strings.TrimSuffix(got.Text, "\n") != text || // a text alone ends with its line
			got.To.Name != name {
			rt.Fatalf("got %q, %q, %q", got.Subject, got.Text, got.To.Name)
		}
	})
}

func TestParseSMTPURL(t *testing.T) {
	for _, c := range []struct{ url, want, user string }{
		{"smtp://mail.example.vn", "mail.example.vn:587 (starttls)", ""},
		{"smtp://u:p@mail.example.vn:2525?tls=starttls", "mail.example.vn:2525 (starttls)", "u"},
		{"smtps://u:p@mail.example.vn", "mail.example.vn:465 (tls)", "u"},
		{"smtp://mail.example.vn:465?tls=tls", "mail.example.vn:465 (tls)", ""},
		{"smtp://10.0.0.5?tls=none", "10.0.0.5:25 (none)", ""},
		{"smtp://127.0.0.1:1025", "127.0.0.1:1025 (none)", ""},
		{"smtp://localhost:1025/", "localhost:1025 (none)", ""},
		{"smtp://[::1]:25", "[::1]:25 (none)", ""},
		{" smtp://hoi%40example.vn:a%2Fb%3F@mail.example.vn ", "mail.example.vn:587 (starttls)", "hoi@example.vn"},
	} {
		s, err := outbox.ParseSMTPURL(c.url)
		if err != nil || s.String() != c.want || s.User != c.user {
			t.Errorf("%s: %s, user %q, %v", c.url, s, s.User, err)
		}
	}
	for _, bad := range []string{
		"", "mail.example.vn:587", "http://u:bimat@mail.example.vn", "smtp://", "smtp://u:bimat@", "smtp://u:bimat@host:port", "smtp://u:bimat@host:70000",
		"smtp://u:bi/mat@host", "smtp://u:bi#mat@host", "smtp://u:bimat%zz@host", "smtp://u@host", "smtp://:bimat@host", "smtp://u:bimat@host?tls=ssl",
		"smtp://u:bimat@host?tsl=none", "smtps://u:bimat@host?tls=none", "smtp://u:bimat@host/x",
	} {
		s, err := outbox.ParseSMTPURL(bad)
		if err == nil {
			t.Errorf("%s was taken as %s", bad, s)
			continue
		}
		if strings.Contains(err.Error(), "mat") {
			t.Errorf("%s: the password is in the error: %v", bad, err)
		}
	}
	s, err := outbox.ParseSMTPURL("smtp://hoinghi:bimat@mail.example.vn")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "server", s)
	if shown := fmt.Sprintf("%v %+v %#v %s", s, s, s, log.String()); strings.Contains(shown, "bimat") {
		t.Errorf("the password is printed: %s", shown)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	r := newRig(t, nil, nil)
	for name, cfg := range map[string]outbox.Config{
		"no sender":       {SMTPURL: "smtp://mail.example.vn"},
		"sender's form":   {SMTPURL: "smtp://mail.example.vn", From: "Ban Tổ chức <a@example.vn>"},
		"domain":          {From: "a@example.vn", Domain: "x>\r\nBcc: y"},
		"negative rate":   {Rate: -1},
		"many workers":    {Workers: 17},
		"address of none": {SMTPURL: "mail.example.vn", From: "a@example.vn"},
	} {
		if _, err := outbox.New(r.db, testkit.Quiet(), cfg); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
