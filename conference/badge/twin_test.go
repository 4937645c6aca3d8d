package badge_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/badge"
)

type twinInput struct {
	Source    string   `json:"source"`
	PublicKey string   `json:"publicKey"`
	Texts     []string `json:"texts"`
	Without   string   `json:"without,omitempty"`
}

type twinBody struct {
	Ver      uint8  `json:"ver"`
	KeyID    uint8  `json:"keyId"`
	Event    uint16 `json:"event"`
	Badge    string `json:"badge"`
	Category uint8  `json:"category"`
	Days     uint8  `json:"days"`
	Issued   uint16 `json:"issued"`
	Signed   string `json:"signed"`
	Sig      string `json:"sig"`
}

type twinFinding struct {
	Token   string    `json:"token"`
	Body    *twinBody `json:"body"`
	Genuine *bool     `json:"genuine"`
}

// inJavaScript runs static/door/code.js over texts.
func inJavaScript(t *testing.T, in twinInput) []twinFinding {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: the browser's badge code is not compared with Go's: node is not installed")
	}
	source, err := os.ReadFile("../../static/door/code.js")
	if err != nil {
		t.Fatal(err)
	}
	in.Source, in.PublicKey = string(source), vectorPublic
	asked, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/code.mjs")
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), &complaint
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &complaint)
	}
	var found []twinFinding
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatalf("read answer: %v", err)
	}
	return found
}

// inGo gives what Go makes of one text, in the form of the twin's finding.
func inGo(t *testing.T, text string) twinFinding {
	genuine := false
	f := twinFinding{Genuine: &genuine}
	token, err := badge.Parse(text)
	if err != nil {
		return f
	}
	f.Token = token
	b, sig, signed, err := badge.Decode(token)
	if err != nil {
		return f
	}
	f.Body = &twinBody{b.Version, b.KeyID, b.Event, b.Badge.String(), b.Category, b.Days, b.Issued,
		hex.EncodeToString(signed), hex.EncodeToString(sig)}
	_, err = badge.Verify(vectorPub(t), token)
	genuine = err == nil
	return f
}

func TestBrowserAgrees(t *testing.T) {
	texts := []string{
		badge.Text("hn.example.vn", vectorToken), strings.ToLower(vectorToken), vectorToken + "\r\n",
		"\ufeff\u00a0" + vectorToken + "\u00a0", "\u0085" + vectorToken, "\u2003" + vectorToken,
		"HTTPS://HN.ẼAMPLE.VN/C/" + vectorToken, vectorToken + "/", vectorToken[1:], "0" + vectorToken,
		"ſ" + vectorToken[1:], "ß" + vectorToken[2:], "", "/", "😀" + vectorToken[2:],
		badge.TestCode(), strings.Repeat("Z", 127), strings.Repeat("0", 127),
		token28(append([]byte{1, 0x10}, make([]byte, 75)...)), token28(append([]byte{0x20}, make([]byte, 75)...)),
		badge.Sign(vectorKey(), badge.Body{}), badge.Sign(vectorKey(), badge.Body{KeyID: 15, Event: 65535,
			Badge: badge.MaxBadgeID, Category: 255, Days: 255, Issued: 65535}),
	}
	texts = append(texts, alterations(2000)...)
	found := inJavaScript(t, twinInput{Texts: texts})
	if len(found) != len(texts) {
		t.Fatalf("%d findings for %d texts", len(found), len(texts))
	}
	accepted := 0
	for i, text := range texts {
		if diff := cmp.Diff(inGo(t, text), found[i]); diff != "" {
			t.Errorf("%q (-Go +JavaScript):\n%s", text, diff)
		}
		if found[i].Genuine != nil && *found[i].Genuine {
			accepted++
		}
	}
	if accepted != 7 { // five writings of the vector and two more badges; no alteration
		t.Errorf("%d accepted, want 7", accepted)
	}
}

// A browser without Ed25519 must say that it does not know, never yes or no.
func TestBrowserWithoutEd25519DoesNotDecide(t *testing.T) {
	found := inJavaScript(t, twinInput{Texts: []string{vectorToken}, Without: "ed25519"})
	if len(found) != 1 || found[0].Body == nil || found[0].Genuine != nil {
		t.Errorf("got %+v", found)
	}
}
