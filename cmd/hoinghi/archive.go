package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	manifestName  = "manifest.json"
	archiveFormat = 1
	manifestLimit = 64 << 10
)

// manifest says what an archive holds. Its checksums find damage, not forgery:
// whoever can write the archive can write them too.
type manifest struct {
	Format  int            `json:"format"`
	Program string         `json:"program"`
	Version string         `json:"version"` // of the program that made the archive
	Schema  int64          `json:"schema"`  // version of the database's schema
	Taken   time.Time      `json:"taken"`   // UTC; every write acknowledged before it is in the archive
	Files   []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// errArchive is returned for a file that is no archive of hoinghi or was damaged since it was made.
var errArchive = errors.New("not a whole archive of hoinghi")

func badArchive(format string, args ...any) error {
	return fmt.Errorf("%w: %w", errArchive, fmt.Errorf(format, args...))
}

// describe gives a file's size and checksum.
func describe(path, name string) (out manifestFile, err error) {
	f, err := os.Open(path)
	if err != nil {
		return manifestFile{}, fmt.Errorf("read %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return manifestFile{}, fmt.Errorf("read %s: %w", name, err)
	}
	return manifestFile{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// writeArchive writes the manifest and the files of a folder that it names.
func writeArchive(to io.Writer, m manifest, folder string) error {
	zw := zip.NewWriter(to)
	add := func(name string) (io.Writer, error) {
		return zw.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.Taken})
	}
	w, err := add(manifestName)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	text := json.NewEncoder(w)
	text.SetIndent("", "  ")
	if err := text.Encode(m); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	for _, file := range m.Files {
		if w, err = add(file.Name); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if err := copyFile(w, filepath.Join(folder, file.Name)); err != nil {
			return fmt.Errorf("archive %s: %w", file.Name, err)
		}
	}
	if err := zw.Close(); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func copyFile(w io.Writer, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, f)
	return err
}

// archive is an archive opened for reading.
type archive struct {
	manifest
	file  *os.File
	files map[string]*zip.File
}

// openArchive reads an archive's table and manifest. Whoever opened it closes its file.
func openArchive(path string) (_ *archive, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, badArchive("%s is no file", filepath.Base(path))
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, badArchive("%w", err)
	}
	a := &archive{file: f, files: map[string]*zip.File{}}
	for _, entry := range z.File {
		a.files[entry.Name] = entry
	}
	if len(z.File) != 3 || a.files[manifestName] == nil || a.files[databaseName] == nil || a.files[keyName] == nil {
		return nil, badArchive("it must hold exactly %s, %s and %s", manifestName, databaseName, keyName)
	}
	return a, a.readManifest()
}

func (a *archive) readManifest() error {
	r, err := a.files[manifestName].Open()
	if err != nil {
		return badArchive("%w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, manifestLimit))
	if err = errors.Join(err, r.Close()); err != nil {
		return badArchive("%s: %w", manifestName, err)
	}
	if err := json.Unmarshal(raw, &a.manifest); err != nil {
		return badArchive("%s: %w", manifestName, err)
	}
	if a.Program != "hoinghi" || a.Format < 1 {
		return badArchive("its manifest is of another program")
	}
	if a.Format > archiveFormat {
		return advise(nil, "the archive was made by a newer version of hoinghi: restore it with that version ("+a.Version+")",
			"bản sao lưu do phiên bản hoinghi mới hơn tạo ra: hãy khôi phục bằng phiên bản đó ("+a.Version+")")
	}
	if len(a.Files) != 2 || a.Files[0].Name != databaseName || a.Files[1].Name != keyName {
		return badArchive("its manifest names other files")
	}
	return nil
}

// unpack writes the archive's files into a folder and compares each with the manifest.
func (a *archive) unpack(folder string) error {
	for _, want := range a.Files {
		if err := a.unpackOne(want, filepath.Join(folder, want.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) unpackOne(want manifestFile, to string) error {
	r, err := a.files[want.Name].Open()
	if err != nil {
		return badArchive("%s: %w", want.Name, err)
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(fmt.Errorf("unpack: %w", err), r.Close())
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(r, want.Size+1)) // no more than was promised: a small file can unpack to any size
	if disk := (*fs.PathError)(nil); err != nil && !errors.As(err, &disk) {
		err = badArchive("%s: %w", want.Name, err)
	}
	if err != nil {
		return errors.Join(err, f.Close(), r.Close())
	}
	if err := errors.Join(f.Sync(), f.Close(), r.Close()); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if n != want.Size || hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
		return badArchive("%s differs from its checksum", want.Name)
	}
	return nil
}
