package vietnamese_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"hoinghi/conference/vietnamese"
)

func sortedBy(key func(string) []byte, want []string) []string {
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return bytes.Compare(key(a), key(b)) })
	return got
}

func TestSortKeyOrder(t *testing.T) {
	for name, want := range map[string][]string{
		"the row of the domain document": {
			"Lê Thị Ái", "Nguyễn Thị An", "Trần Văn An", "Phạm Ân", "Nguyễn Đức Bảo", "Võ Minh Dũng", "Trương Đạt",
			"Vũ Ha", "Đặng Hà", "Lê Hả", "Ngô Hã", "Bùi Há", "Lê Hạ",
		},
		"family names only break ties": {"Đỗ An", "Lê An", "Lê Văn An", "Lý An", "Nguyễn An"},
		"tone placement does not count": {
			"Lê Hoa", "Bùi Hoà", "Lê Hòa", "Mai Hoà", "Lê Hoá", "Mai Hóa", "Lê Hoàng",
		},
		"neither does case":   {"BÙI VĂN AN", "Cao Văn An", "ĐỖ VĂN AN", "Lê Văn An", "BÙI ANH"},
		"nor the apostrophe":  {"Điểu K’Ra", "Điểu K'Rê", "Điểu Kri", "Điểu K’ Rứ"},
		"words before length": {"An", "Lê An", "Lê An An", "Lê Anh"},
		"letters":             {"Lê Da", "Lê Đa", "Lê E", "Lê Ê", "Lê O", "Lê Ô", "Lê Ơ", "Lê U", "Lê Ư", "Lê Y"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, sortedBy(vietnamese.SortKey, want)); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextKeyOrder(t *testing.T) {
	for name, want := range map[string][]string{
		"provinces": {
			"An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bến Tre", "Bình Dương", "Bình Phước", "Cà Mau", "Cần Thơ", "Đồng Nai", "Đồng Tháp",
			"Hậu Giang", "Hồ Chí Minh", "Kiên Giang", "Long An", "Sóc Trăng", "Tây Ninh", "Tiền Giang", "Trà Vinh", "Vĩnh Long",
		},
		"numbers by value": {"Bàn 1", "Bàn 2", "Bàn 10", "Bàn 11", "Bàn A"},
		"words":            {"an", "An", "An Anh", "Anh", "Ành", "Ảnh", "Ãnh", "Ánh", "Ạnh", "Ăn", "Ân"},
	} {
		t.Run(name, func(t *testing.T) {
			got := sortedBy(vietnamese.TextKey, want)
			if name == "words" { // "an" and "An" differ by bytes only
				got[0], got[1] = got[1], got[0]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSortKeyOf(t *testing.T) {
	if !bytes.Equal(vietnamese.SortKeyOf("Lê Thị Mẫu", " "), vietnamese.SortKey("Lê Thị Mẫu")) {
		t.Error("without a sort name the full name decides")
	}
	people := []struct{ full, sort string }{
		{"Fatimah Ví Dụ", "Fatimah Ví Dụ"},
		{"Nguyễn Văn Mẫu", ""},
		{"Mohamad Ali Thí Dụ", "Mohamad Ali, Thí Dụ"},
		{"Mohamad Ali Ví Dụ", "Mohamad Ali, Ví Dụ"},
		{"Thích Minh Họa", "Thích Minh Họa"},
	}
	for i := 1; i < len(people); i++ {
		a, b := people[i-1], people[i]
		if bytes.Compare(vietnamese.SortKeyOf(a.full, a.sort), vietnamese.SortKeyOf(b.full, b.sort)) >= 0 {
			t.Errorf("%q does not come before %q", a.full, b.full)
		}
	}
}

func TestSortKeyParts(t *testing.T) {
	if !bytes.Equal(vietnamese.SortKeyParts("Lê Thị", "Mẫu"), vietnamese.SortKey("Lê Thị Mẫu")) {
		t.Error("the parts give another key than the whole")
	}
	if bytes.Compare(vietnamese.SortKeyParts("Lê", "Thị Mẫu"), vietnamese.SortKey("Lê An Mẫu")) <= 0 {
		t.Error("an overridden given name is not used")
	}
}

func TestSortKeyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.OneOf(name(), rapid.String()).Draw(t, "a")
		b := rapid.OneOf(name(), rapid.String()).Draw(t, "b")
		for _, key := range []func(string) []byte{vietnamese.SortKey, vietnamese.TextKey} {
			if !bytes.Equal(key(a), key(vietnamese.Normalise(a))) {
				t.Fatalf("%q: normalising changes the key", a)
			}
			if bytes.Equal(key(a), key(b)) != (vietnamese.Normalise(a) == vietnamese.Normalise(b)) {
				t.Fatalf("%q and %q: equal keys for different names, or the reverse", a, b)
			}
		}
		if d := norm.NFD.String(strings.ToValidUTF8(a, "")); !bytes.Equal(vietnamese.SortKey(d), vietnamese.SortKey(strings.ToValidUTF8(a, ""))) {
			t.Fatalf("%q: NFD has another key", a)
		}
	})
}

// Keys are made by many requests at once.
func TestSortKeyConcurrently(t *testing.T) {
	want := vietnamese.SortKey("Nguyễn Thị Thí Dụ")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if !bytes.Equal(vietnamese.SortKey("Nguyễn Thị Thí Dụ"), want) {
					t.Error("a concurrent call gives another key")
					return
				}
				vietnamese.TextKey("Sở Công Thương 12")
			}
		})
	}
	wg.Wait()
}

func BenchmarkSortKey(b *testing.B) {
	for b.Loop() {
		vietnamese.SortKey("Nguyễn Thị Ngọc Diễm")
	}
}
