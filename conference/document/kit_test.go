package document_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/badge"
	"hoinghi/conference/document"
)

// codeText gives what the QR of one invented badge holds, as long as a real one.
func codeText(n int) string {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	return badge.Text("hoinghi.example", badge.Sign(key, badge.Body{KeyID: 1, Event: 1, Badge: badge.BadgeID(n*7919 + 11), Category: 3, Days: 1}))
}

func code(t testing.TB, text string) [][]bool {
	t.Helper()
	bitmap, err := badge.Bitmap(text)
	if err != nil {
		t.Fatal(err)
	}
	return bitmap
}

// names are what strains a badge, given as people type them. Read is what must be read back.
func names() []struct{ typed, read string } {
	return []struct{ typed, read string }{
		{"Công Tằng Tôn Nữ Nguyễn Thị Nguyệt Ngưỡng", "CÔNG TẰNG TÔN NỮ NGUYỄN THỊ NGUYỆT NGƯỠNG"},
		{"Ngô Hồ Mỹ Tuyết Lộc", "NGÔ HỒ MỸ TUYẾT LỘC"},
		{"Đặng Cẩm Ưng", "ĐẶNG CẨM ƯNG"},
		{"Tạ Lý Võ Mẫu", "TẠ LÝ VÕ MẪU"},
		{"Huỳnh Thị Nguyệt Hạ Hoàng Diễm Quỳnh Ẳn Mẫu", "HUỲNH THỊ NGUYỆT HẠ HOÀNG DIỄM QUỲNH ẲN MẪU"},
		{"Nguye\u0302\u0303n Thi\u0323 Thi\u0301 Du\u0323", "NGUYỄN THỊ THÍ DỤ"}, // NFD
		{"Trần Diễm 😀Quỳnh\U0001F3FD", "TRẦN DIỄM QUỲNH"},
		{"Lê Giả Định\xe1\xbb", "LÊ GIẢ ĐỊNH"}, // cut inside a character
		{"Y\u200bên\u00ad Mẫu\x07\tThí Dụ", "YÊN MẪU THÍ DỤ"},
		{"Võ", "VÕ"},
	}
}

func cards(t testing.TB, n int) []document.Card {
	t.Helper()
	groups := [][2]string{{"Lãnh đạo Sở Công Thương", "son"}, {"Phòng, ban liên quan của Sở Công Thương", "gold"},
		{"Đơn vị sự nghiệp trực thuộc Sở làm nhiệm vụ khuyến công", "leaf"}, {"Lãnh đạo Ủy ban nhân dân huyện, thành phố", "indigo"},
		{"Làng nghề, làng nghề truyền thống", "amber"}, {"Báo, đài Trung ương và địa phương", "ink"}}
	titles := []string{"Giám đốc", "Phó Trưởng phòng phụ trách Khuyến công và Tư vấn phát triển công nghiệp", "Chuyên viên", "Chủ cơ sở"}
	organisations := []string{"Sở Công Thương tỉnh Tây Ninh", "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp tỉnh Bà Rịa - Vũng Tàu",
		"Hợp tác xã Thủ công mỹ nghệ Ánh Dương Ví Dụ", "Công ty TNHH MTV Chế biến Nông sản Minh Họa"}
	provinces := []string{"Tây Ninh", "Bà Rịa - Vũng Tàu", "Đồng Nai", "Thành phố Hồ Chí Minh"}
	out := make([]document.Card, n)
	for i := range out {
		g := groups[i%len(groups)]
		out[i] = document.Card{Event: "Hội nghị khuyến công phía Nam lần thứ XII", Category: g[0], Colour: g[1], Name: names()[i%len(names())].typed,
			Title: titles[i%len(titles)], Organisation: organisations[(i+i/4)%len(organisations)], Province: provinces[i%len(provinces)],
			Number: fmt.Sprintf("KC22-TNI-%03d", i+1), Code: code(t, codeText(i))}
	}
	return out
}

func options() document.Options {
	return document.Options{Title: "Thẻ đại biểu", Now: time.Date(2022, time.October, 12, 1, 0, 0, 0, time.UTC),
		Sample: "Dữ liệu minh họa", Refused: "Không in được thẻ này"}
}

func render(t testing.TB, l document.Layout, cards []document.Card, o document.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.Badges(&b, l, cards, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// program finds an outer program. Without it the test is skipped aloud, but
// fails where HOINGHI_BROWSER=1 promises that every one is installed.
func program(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("HOINGHI_BROWSER") == "1" {
		t.Fatalf("%s is not installed (package %s)", name, debian)
	}
	t.Skipf("SKIPPED: no PDF was read back: %s is not installed (package %s)", name, debian)
	return ""
}

func run(t testing.TB, path string, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), path, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return out
}

func save(t testing.TB, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "badges.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// read gives the text of a file, as pdftotext finds it, blanks reduced to one.
func read(t testing.TB, pdf []byte) string {
	t.Helper()
	path := program(t, "pdftotext", "poppler-utils")
	return strings.Join(strings.Fields(string(run(t, path, "-enc", "UTF-8", "-raw", save(t, pdf), "-"))), " ")
}

// pictures gives the pages as PNG at a resolution.
func pictures(t testing.TB, pdf []byte, dpi int, args ...string) [][]byte {
	t.Helper()
	path := program(t, "pdftoppm", "poppler-utils")
	file := save(t, pdf)
	run(t, path, append(args, "-r", fmt.Sprint(dpi), "-png", file, filepath.Join(filepath.Dir(file), "page"))...)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(file), "page*.png"))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, name := range found {
		png, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, png)
	}
	return out
}
