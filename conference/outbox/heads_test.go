package outbox_test

import (
	"net/mail"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

// A mail to several people goes to each by itself, under the same heads: one refused
// address stops nobody else, and nobody gets two.
func TestOneRefusedCopyStopsNobody(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	heads := outbox.Heads{To: outbox.Address{Name: "Nguyễn Văn Mẫu", Address: address(0)},
		Cc: []outbox.Address{{Name: "Văn phòng Sở, bộ phận \"một cửa\"", Address: address(1)}, {Address: address(2)}, {Name: "Trần Thị Thí Dụ", Address: address(3)}}}
	var ids []int64
	for i := range 4 {
		ids = append(ids, r.queueAs(outbox.Queued{Kind: "test.plain", ToAddress: address(i), ToName: "Nguyễn Văn Mẫu", Heads: heads}))
	}
	r.smtp.Next(address(1), testkit.RcptPermanent)
	r.smtp.Next(address(2), testkit.RcptTemporary)
	r.run()
	r.untilState(ids[0], outbox.StateSent, 1)
	r.untilState(ids[1], outbox.StateFailed, 1)
	r.untilState(ids[2], outbox.StateQueued, 1)
	if m := r.untilState(ids[3], outbox.StateSent, 1); !cmp.Equal(m.Heads, heads) {
		t.Error(cmp.Diff(heads, m.Heads))
	}
	r.later(2 * time.Minute)
	r.untilState(ids[2], outbox.StateSent, 2)

	got := map[string]int{}
	messageIDs := map[string]bool{}
	for _, m := range r.received(3) {
		got[m.EnvelopeTo]++
		messageIDs[m.MessageID] = true
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || *to[0] != (mail.Address{Name: "Nguyễn Văn Mẫu", Address: address(0)}) {
			t.Errorf("To %v, %v", to, err)
		}
		cc, err := m.Header.AddressList("Cc")
		if err != nil || len(cc) != 3 || cc[0].Name != heads.Cc[0].Name || cc[1].Name != "" || cc[2].Address != address(3) {
			t.Errorf("Cc %v, %v", cc, err)
		}
		if m.Header.Get("Bcc") != "" {
			t.Error("the envelope's recipient stands in the text")
		}
	}
	if d := cmp.Diff(map[string]int{address(0): 1, address(2): 1, address(3): 1}, got); d != "" || len(messageIDs) != 3 {
		t.Errorf("%d Message-IDs, received (-want +got):\n%s", len(messageIDs), d)
	}
	// A copy that is sent once more shows the heads it had.
	r.smtp.Next(address(3), testkit.Accept)
	again, err := r.box.Resend(t.Context(), ids[3])
	if err != nil {
		t.Fatal(conference.KindOf(err), err)
	}
	if m := r.untilState(again, outbox.StateSent, 1); !cmp.Equal(m.Heads, heads) {
		t.Error(cmp.Diff(heads, m.Heads))
	}
}

// What the list shows beside each mail is its latest attempt, the server's words and the program's own apart.
func TestAnswers(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.smtp.Next(address(1), testkit.RcptTemporary, testkit.RcptPermanent)
	failed, odd := r.queue(1), r.queueAs(outbox.Queued{Kind: "test.odd", ToAddress: address(2)})
	r.run()
	r.untilState(failed, outbox.StateQueued, 1)
	r.later(2 * time.Minute)
	r.untilState(failed, outbox.StateFailed, 2)
	r.untilState(odd, outbox.StateFailed, 1)
	r.stop()
	never := r.queue(3)
	answers, err := r.box.Answers(t.Context(), []outbox.Mail{r.mail(failed), r.mail(odd), r.mail(never)})
	if err != nil || len(answers) != 2 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	if a := answers[failed]; a.Code != 550 || a.Outcome != outbox.OutcomePermanent || a.Answer != "550 5.1.1 No such mailbox" {
		t.Errorf("of the refused mail: %+v", a)
	}
	if a := answers[odd]; a.Reason.Key != "outbox.answer.unknown_kind" || a.Answer != "" {
		t.Errorf("of the mail that could not be made: %+v", a)
	}
}
