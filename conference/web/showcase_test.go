package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/showcase"
	"hoinghi/conference/web/ui"
)

// upload posts a photo with its caption.
func (v *visitor) upload(path string, fields map[string]string, file []byte) (*http.Response, string) {
	v.h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			v.h.t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("photo", "../../etc/ảnh.jpg")
		if err != nil {
			v.h.t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			v.h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		v.h.t.Fatal(err)
	}
	return v.send(http.MethodPost, path, w.FormDataContentType(), b.String())
}

func photo(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for y := range 600 {
		for x := range 800 {
			m.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *house) village(slug string) showcase.Village {
	h.t.Helper()
	v, err := showcase.BySlug(h.t.Context(), h.db, slug)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

var cardNames = regexp.MustCompile(`<h3><a href="/lang-nghe/([^"]+)" lang="vi">`)

func cards(body string) []string {
	var out []string
	for _, m := range cardNames.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestEveryCraftVillageHasAPageInBothLanguages(t *testing.T) {
	h := open(t)
	v := h.visitor()
	seen := map[string]bool{}
	for _, lang := range []string{"vi", "en"} {
		for _, page := range []string{"1", "2", "3", "4"} {
			_, body := v.get("/lang-nghe?lang=" + lang + "&page=" + page)
			checkPage(t, "visitor", lang, "/lang-nghe", body)
			for _, slug := range cards(body) {
				seen[slug] = true
				res, body := v.get("/lang-nghe/" + slug)
				if res.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", slug, res.StatusCode)
				}
				checkPage(t, "visitor", lang, slug, body)
			}
		}
	}
	if len(seen) != 96 {
		t.Errorf("%d villages on the list's pages, want 96", len(seen))
	}
}

// What is to be found stands in the address, so that it can be shared; the tiles
// say what a click on them finds.
func TestTheShowcaseIsFilteredByItsAddress(t *testing.T) {
	h := open(t)
	v := h.visitor()
	for path, want := range map[string]int{
		"/lang-nghe?q=lua+tan+chau": 1, "/lang-nghe?province=tay-ninh": 8, "/lang-nghe?boundary=now&province=tay-ninh": 13, "/lang-nghe?craft=stone": 2,
		"/lang-nghe?province=long-an&craft=metal": 1, "/lang-nghe?boundary=now&province=long-an": 24, "/lang-nghe?q=zzz": 0, "/lang-nghe?craft=%27--&province=x&boundary=y&page=-1": 24,
		"/lang-nghe?page=999": 24, "/lang-nghe?all=1": 96, "/lang-nghe?all=1&q=zzz&page=3": 0, "/lang-nghe?q=" + strings.Repeat("%E1%BB%81", 1000): 0,
	} {
		res, body := v.get(path)
		if got := len(cards(body)); res.StatusCode != http.StatusOK || got != want {
			t.Errorf("%.60s: %d, %d cards, want %d", path, res.StatusCode, got, want)
		}
	}
	_, body := v.get("/lang-nghe")
	if n := strings.Count(body, `class="tile tile-`); n != 20 {
		t.Errorf("%d tiles for 2022, want 20", n)
	}
	if _, body = v.get("/lang-nghe?boundary=now"); strings.Count(body, `class="tile tile-`) != 8 {
		t.Errorf("%d tiles for today, want 8", strings.Count(body, `class="tile tile-`))
	}
	if !strings.Contains(body, "Bình Thuận (nay thuộc Lâm Đồng") {
		t.Error("today's list does not say where the villages of Bình Thuận are")
	}
	if _, body = v.get("/lang-nghe?craft=metal"); !strings.Contains(body, `/lang-nghe?craft=metal&amp;province=long-an`) {
		t.Error("a tile forgets the chosen craft")
	}
}

// Whoever looks at one province keeps it when the boundary is switched, where one leads
// to one; an address that names no province or craft says so.
func TestVillagesKeepTheChosenProvince(t *testing.T) {
	h := open(t)
	v := h.visitor()
	for path, want := range map[string]string{
		"/lang-nghe?province=long-an&craft=metal":          `href="/lang-nghe?boundary=now&amp;craft=metal&amp;province=tay-ninh"`,
		"/lang-nghe?province=binh-thuan":                   `href="/lang-nghe?boundary=now"`,
		"/lang-nghe?boundary=now&province=tay-ninh&page=2": `href="/lang-nghe"`, // of two provinces of 2022
	} {
		_, body := v.get(path)
		_, nav, _ := strings.Cut(body, `aria-label="Địa giới hành chính"`)
		if nav, _, _ = strings.Cut(nav, "</nav>"); !strings.Contains(nav, want) {
			t.Errorf("%s: the switch lacks %s: %s", path, want, nav)
		}
	}
	const noProvince, noGroup = "Địa giới đang xem không có tỉnh, thành phố", "Không có nhóm nghề ghi trong địa chỉ"
	for path, want := range map[string][2]bool{
		"/lang-nghe": {}, "/lang-nghe?province=long-an&craft=metal": {}, "/lang-nghe?province=&craft=": {},
		"/lang-nghe?province=ha-noi": {true, false}, "/lang-nghe?craft=gold": {false, true}, "/lang-nghe?boundary=now&province=long-an": {true, false},
	} {
		_, body := v.get(path)
		if got := [2]bool{strings.Contains(body, noProvince), strings.Contains(body, noGroup)}; got != want {
			t.Errorf("%s: says %v, want %v", path, got, want)
		}
	}
}

func TestWhatIsUncertainIsMarkedOrLeftOut(t *testing.T) {
	h := open(t)
	v := h.visitor()
	const checking, heritage = "Thông tin đang được kiểm tra", "Di sản văn hóa phi vật thể quốc gia"
	for slug, c := range map[string]struct{ checking, heritage bool }{
		"lua-tan-chau":                     {false, false},
		"banh-trang-phoi-suong-trang-bang": {false, true},
		"muoi-ot-tay-ninh":                 {true, false}, // the entry as a whole
		"gom-lai-thieu":                    {true, false}, // its title only
		"non-la-ninh-son":                  {true, false},
	} {
		_, body := v.get("/lang-nghe/" + slug)
		main, _, _ := strings.Cut(body[strings.Index(body, "<h1"):], `<section class="section`)
		if got := strings.Contains(main, checking); got != c.checking {
			t.Errorf("%s: marked %v, want %v", slug, got, c.checking)
		}
		if got := strings.Contains(main, heritage); got != c.heritage {
			t.Errorf("%s: heritage %v, want %v", slug, got, c.heritage)
		}
		if note := h.village(slug).ToCheck; note != "" && strings.Contains(body, note) {
			t.Errorf("%s shows what only organisers may read", slug)
		}
	}
}

func TestAPhotoFromTheDeskToThePublicPage(t *testing.T) {
	h := open(t)
	organiser, nobody := h.staff(conference.RoleOrganiser), h.visitor()
	v := h.village("lua-tan-chau")
	at := "/desk/showcase/" + ui.Itoa(v.ID)
	caption := map[string]string{"credit": "Lê Thị Ví Dụ", "alt_vi": "Khung dệt <lụa>", "alt_en": "A silk loom"}
	if res, body := organiser.upload(at+"/photos", caption, photo(t)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", res.StatusCode, body)
	}
	photos, err := showcase.Photos(t.Context(), h.db, v.ID)
	if err != nil || len(photos) != 1 {
		t.Fatalf("%d photos, %v", len(photos), err)
	}
	path := "/lang-nghe/photo/" + ui.Itoa(photos[0].ID)
	_, page := nobody.get("/lang-nghe/lua-tan-chau?lang=en")
	if !strings.Contains(page, `src="`+path+`.jpg"`) || !strings.Contains(page, `alt="A silk loom"`) || !strings.Contains(page, "Lê Thị Ví Dụ") {
		t.Error("the page does not show the photo with its text and credit")
	}
	if _, list := nobody.get("/lang-nghe?q=lua+tan+chau&lang=vi"); !strings.Contains(list, `src="`+path+`-480.jpg"`) || !strings.Contains(list, `alt="Khung dệt &lt;lụa&gt;"`) {
		t.Error("the card does not show the preview")
	}
	for _, p := range []string{path + ".jpg", path + "-480.jpg"} {
		res, body := nobody.get(p)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/jpeg" || !strings.Contains(res.Header.Get("Cache-Control"), "max-age=2592000") || res.Header.Get("ETag") == "" {
			t.Errorf("%s: %d %v", p, res.StatusCode, res.Header)
		}
		if _, err := jpeg.Decode(strings.NewReader(body)); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.base+p, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", res.Header.Get("ETag"))
		again, err := nobody.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = again.Body.Close()
		if again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != res.Header.Get("ETag") {
			t.Errorf("%s again: %d", p, again.StatusCode)
		}
	}
	for _, p := range []string{path, path + ".png", path + "-481.jpg", "/lang-nghe/photo/0.jpg", "/lang-nghe/photo/x.jpg", "/lang-nghe/photo/999999.jpg"} {
		if res, _ := nobody.get(p); res.StatusCode != http.StatusNotFound || strings.Contains(res.Header.Get("Cache-Control"), "max-age") {
			t.Errorf("%s: %d, %s", p, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	hideAndRemove(t, h, organiser, v, photos[0])
}

// hideAndRemove takes the village off the public site, with its photo, and then deletes that.
func hideAndRemove(t *testing.T, h *house, organiser *visitor, v showcase.Village, p showcase.Photo) {
	t.Helper()
	nobody, at, path := h.visitor(), "/desk/showcase/"+ui.Itoa(v.ID), "/lang-nghe/photo/"+ui.Itoa(p.ID)+".jpg"
	organiser.send(http.MethodPost, at+"/unpublish", "application/x-www-form-urlencoded", "")
	for _, gone := range []string{"/lang-nghe/" + v.Slug, path} {
		if res, _ := nobody.get(gone); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a hidden village: %d", gone, res.StatusCode)
		}
	}
	if res, _ := organiser.get(at + "/photos/" + ui.Itoa(p.ID)); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the organiser's preview: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	other := "/desk/showcase/" + ui.Itoa(h.village("tau-hu-ky-my-hoa").ID) + "/photos/" + ui.Itoa(p.ID)
	if res, _ := organiser.send(http.MethodPost, other+"/remove", "application/x-www-form-urlencoded", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("removed by another village's address: %d", res.StatusCode)
	}
	organiser.send(http.MethodPost, at+"/publish", "application/x-www-form-urlencoded", "")
	if res, _ := nobody.get(path); res.StatusCode != http.StatusOK {
		t.Errorf("published again: %d", res.StatusCode)
	}
	organiser.send(http.MethodPost, at+"/photos/"+ui.Itoa(p.ID)+"/remove", "application/x-www-form-urlencoded", "")
	if res, _ := nobody.get(path); res.StatusCode != http.StatusNotFound {
		t.Errorf("a removed photo: %d", res.StatusCode)
	}
}

// What was typed stays when the file is refused, and the message stands at the file.
func TestRefusedPhotosKeepWhatWasTyped(t *testing.T) {
	h := open(t)
	organiser := h.staff(conference.RoleOrganiser)
	at := "/desk/showcase/" + ui.Itoa(h.village("lua-tan-chau").ID) + "/photos"
	caption := map[string]string{"credit": "Lê Thị Ví Dụ", "alt_vi": "Khung dệt lụa"}
	for name, c := range map[string]struct {
		file   []byte
		fields map[string]string
		status int
		text   string
	}{
		"no file":    {nil, caption, http.StatusUnprocessableEntity, "Vui lòng chọn một tệp ảnh"},
		"a text":     {[]byte("không phải ảnh"), caption, http.StatusUnprocessableEntity, "không phải ảnh JPEG, PNG hoặc WebP"},
		"cut short":  {photo(t)[:3000], caption, http.StatusUnprocessableEntity, "Không đọc được ảnh"},
		"no caption": {photo(t), map[string]string{"credit": "Lê Thị Ví Dụ"}, http.StatusUnprocessableEntity, "Vui lòng chọn lại tệp ảnh"},
		"20 MB":      {make([]byte, showcase.MaxFile), caption, http.StatusUnprocessableEntity, "không phải ảnh JPEG, PNG hoặc WebP"},
		"25 MB":      {make([]byte, 25<<20), caption, http.StatusRequestEntityTooLarge, "Tệp lớn hơn 20 MB"},
		"no form":    {nil, nil, http.StatusUnprocessableEntity, "Vui lòng chọn một tệp ảnh"},
	} {
		res, body := organiser.upload(at, c.fields, c.file)
		if name == "no form" {
			res, body = organiser.send(http.MethodPost, at, "application/x-www-form-urlencoded", "")
		}
		if res.StatusCode != c.status || !strings.Contains(body, c.text) || !strings.Contains(body, `id="f-photo-error"`) {
			t.Errorf("%s: %d, message there: %v", name, res.StatusCode, strings.Contains(body, c.text))
		}
		if c.fields != nil && !strings.Contains(body, `value="Lê Thị Ví Dụ"`) {
			t.Errorf("%s: what was typed is lost", name)
		}
		if !strings.Contains(body, `value="Lụa Tân Châu"`) {
			t.Errorf("%s: the village's own form is empty", name)
		}
	}
	for _, broken := range []string{"multipart/form-data", "multipart/form-data; boundary=x"} {
		if res, _ := organiser.send(http.MethodPost, at, broken, "--y\r\nnonsense"); res.StatusCode < 400 || res.StatusCode >= 500 {
			t.Errorf("%s: %d", broken, res.StatusCode)
		}
	}
}

func TestOrganisersEditACraftVillage(t *testing.T) {
	h := open(t)
	organiser := h.staff(conference.RoleOrganiser)
	v := h.village("non-la-ninh-son")
	at := "/desk/showcase/" + ui.Itoa(v.ID)
	const kind = "application/x-www-form-urlencoded"
	res, body := organiser.send(http.MethodPost, at, kind, "name=&craft=ch%E1%BA%B1m+n%C3%B3n&craft_group=gold&province=&note_vi=d%C3%B2ng+m%E1%BB%99t")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#f-name"`) || !strings.Contains(body, "dòng một") || !strings.Contains(body, `value="chằm nón"`) {
		t.Errorf("a wrong form: %d", res.StatusCode)
	}
	res, _ = organiser.send(http.MethodPost, at, kind, "name=N%C3%B3n+l%C3%A1+Ninh+S%C6%A1n&craft=ch%E1%BA%B1m+n%C3%B3n&craft_group=plaiting&province="+ui.Itoa(v.ProvinceID)+
		"&confirmed=1&recognised_craft_village=1&recognised_certain=1&note_vi=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", res.StatusCode)
	}
	_, page := h.visitor().get("/lang-nghe/" + v.Slug)
	if strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;") || strings.Contains(page, "chưa được địa phương xác nhận; danh hiệu") {
		t.Error("the page does not show the change as text")
	}
	res, _ = organiser.send(http.MethodPost, "/desk/showcase/new", kind, "name=G%E1%BB%91m+M%E1%BA%ABu&craft=g%E1%BB%91m&craft_group=pottery&province="+ui.Itoa(v.ProvinceID))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("added: %d", res.StatusCode)
	}
	if res, _ := h.visitor().get("/lang-nghe/gom-mau"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a new village is public at once: %d", res.StatusCode)
	}
	if _, list := organiser.get("/desk/showcase?state=hidden"); !strings.Contains(list, "Gốm Mẫu") || strings.Contains(list, "Lụa Tân Châu") {
		t.Error("the list of hidden villages")
	}
}
