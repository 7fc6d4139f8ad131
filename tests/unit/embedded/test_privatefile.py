from embedded.privatefile import private_folder, write_private


def test_a_private_folder_is_closed_to_others_even_if_it_was_open(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir(mode=0o755)
    private_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_private_file_replaces_the_former_one(tmp_path):
    path = tmp_path / "secret"
    path.write_text("old and longer", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_put_in_its_place_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("untouched", encoding="utf-8")
    (tmp_path / ".secret.new").symlink_to(other)
    write_private(tmp_path / "secret", "new")
    assert other.read_text(encoding="utf-8") == "untouched"
    assert not (tmp_path / "secret").is_symlink()
