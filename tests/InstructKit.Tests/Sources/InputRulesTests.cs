using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>The rules for file content other than rows: empty files, blank lines, lines above a header, text after a document.</summary>
public sealed class InputRulesTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("lines")]
    [InlineData("xml")]
    public void A_file_of_0_bytes_is_an_error_in_every_format(string format)
    {
        Assert.Equal("error IK3022: in: the file is empty (0 bytes).", _folder.Error(Spec(format), "", "a").ToString());
        // The same for the content of a compressed file.
        using var packed = new MemoryStream();
        using (new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
        }

        Assert.Equal("IK3022", Assert.Throws<DiagnosticException>(() => _folder.Read(Spec(format), packed.ToArray(), "a")).Diagnostics[0].Code);
    }

    [Fact]
    public void An_empty_file_is_a_row_where_every_file_is_one() => Assert.Equal(["0:1 ''"], _folder.Read(Spec("files"), "", "text").Rows);

    [Theory]
    [InlineData("csv", "\na\n1\n\n2\n\"\"\n", "0:3 '1'", "0:5 '2'", "0:6 ''")]
    [InlineData("csv", "a,b\n\r\n1,2\n\n", "0:3 '1'")]
    [InlineData("tsv", "\r\n\na\n1\n\n2", "0:4 '1'", "0:6 '2'")]
    [InlineData("lines", "\n1\n\n2\n", "0:2 -", "0:4 -")]
    [InlineData("jsonl", "\n{\"a\":1}\n \n{\"a\":2}\n", "0:2 i1", "0:4 i2")]
    public void A_blank_line_is_no_row_whatever_the_columns(string format, string text, params string[] rows)
    {
        Assert.Equal(rows, _folder.Read(Spec(format), text, "a").Rows);
        Assert.Equal(rows.Length, RowReaders.CountRows(Spec(format), [new SourcePart(null, [_folder.Add("in", text)])]));
    }

    [Theory]
    [InlineData("csv", "Title, 2024\n\n# note\nid,text\n1,a\n", 3, "0:5 'a'")]
    [InlineData("tsv", "Title\t2024\n# note\nid\ttext\n1\ta\n", 2, "0:4 'a'")]
    [InlineData("csv", "\uFEFFTitle\nid,text\r\n1,\u00E9\n", 1, "0:3 '\u00E9'")]
    public void Lines_above_the_header_are_skipped(string format, string text, int lines, string row)
    {
        Assert.Equal([row], _folder.Read(Spec(format) with { SkipLines = lines }, text, "text").Rows);
        Assert.Equal(["id", "text"], RowReaders.DiscoverColumns(Spec(format) with { SkipLines = lines }, [new SourcePart(null, [_folder.Add("in", text)])]));
    }

    [Fact]
    public void Lines_and_JSON_Lines_skip_too_and_documents_cannot()
    {
        Assert.Equal(["0:3 'b'"], _folder.Read(Spec("lines") with { SkipLines = 2 }, "x\n\nb", "line").Rows);
        Assert.Equal(["0:2 i1"], _folder.Read(Spec("jsonl") with { SkipLines = 1 }, "# made by a tool\n{\"a\":1}", "a").Rows);
        Assert.Contains("`skip_lines:` is for formats whose records are lines, not for json", _folder.Error(Spec("json") with { SkipLines = 1 }, "[]", "a").Message, StringComparison.Ordinal);
        // A file with no more lines than are skipped has no header either.
        Assert.Empty(_folder.Read(Spec("csv") with { SkipLines = 5 }, "a\n1\n", "a").Rows);
    }

    [Theory]
    [InlineData("csv", "sep=;\nid;text\n1;one, two\n")]
    [InlineData("csv", "\uFEFFsep=;\r\nid;text\r\n1;one, two\r\n")]
    [InlineData("csv", "sep=\t\nid\ttext\n1\tone, two\n")]
    [InlineData("tsv", "sep=;\nid;text\n1;one, two\n")]
    public void The_line_with_which_Excel_names_the_delimiter_is_obeyed(string format, string text) =>
        Assert.Equal(["0:3 'one, two'"], _folder.Read(Spec(format), text, "text").Rows);

    [Fact]
    public void A_layout_and_a_sep_line_that_contradict_each_other_are_an_error()
    {
        Assert.Equal(["0:3 'b'"], _folder.Read(Spec("csv") with { Delimiter = ';' }, "sep=;\na;t\n1;b\n", "t").Rows);
        var error = _folder.Error(Spec("csv") with { Delimiter = ',' }, "sep=;\na;t\n1;b\n", "t");
        Assert.StartsWith("in:1:1: error IK3018: the line `sep=;` names another delimiter than the layout, which says ','", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,text,label,\n1,a,x,\n", "column 4 of the header has no name", "id, text, label, _")]
    [InlineData(",text,label\n0,a,x\n", "column 1 of the header has no name", "_, text, label")]
    [InlineData("a,b c,a\n1,2,3\n", "columns 1 and 3 of the header are both named 'a'", "a, \"b c\", a_2")]
    [InlineData(",,x\n1,2,3\n", "column 1 of the header has no name", "_, _, x")]
    public void A_header_that_cannot_be_used_comes_with_a_cure_that_works(string text, string problem, string columns)
    {
        var message = _folder.Error(Spec("csv"), text, "text").ToString();
        Assert.StartsWith($"in:1:1: error IK3008: {problem}; set `columns: [{columns}]` together with `header: true`", message, StringComparison.Ordinal);
        List<string> names = [.. columns.Split(", ").Select(name => name.Trim('"'))];
        Assert.Single(_folder.Read(Spec("csv") with { Columns = names, Header = true }, text, names[^1]).Good);
    }

    [Theory]
    [InlineData("csv", "Extract of 2025\nid;text;label\n1;a;x\n2;b;y\n", 1)]
    [InlineData("csv", "# tool\n# 2024\nid;text;label\n1;a;x\n2;b;y\n", 2)]
    [InlineData("tsv", "Extract of 2025\nid;text;label\n1;a;x\n2;b;y\n", 1)]
    [InlineData("tsv", "# tool\n\n# 2024\nid;text;label\n1;a;x\n2;b;y\n", 3)]
    public void A_title_taken_for_the_header_is_named_with_the_lines_to_skip(string format, string text, int skip)
    {
        var spec = Spec(format) with { Delimiter = ';' };
        var error = _folder.Error(spec, text, "text").ToString();
        Assert.StartsWith("in:1:1: error IK3008: line 1 is not of the table: it has 1 field, the lines from ", error, StringComparison.Ordinal);
        Assert.Contains($"set `skip_lines: {skip}`", error, StringComparison.Ordinal);
        Assert.Equal([$"0:{skip + 2} 'a'", $"0:{skip + 3} 'b'"], _folder.Read(spec with { SkipLines = skip }, text, "text").Rows);
    }

    [Fact]
    public void Rows_that_do_not_fit_a_good_header_stay_rows()
    {
        Assert.Equal(["0:2 !IK3006@-1 expected 2 fields, found 1", "0:3 'b'", "0:4 'c'"], _folder.Read(Spec("csv"), "id,text\n1\n2,b\n3,c\n", "text").Rows);
        Assert.Equal(["0:2 !IK3006@-1 expected 1 fields, found 2"], _folder.Read(Spec("csv"), "id\n1,2\n", "id").Rows);
    }

    [Theory]
    [InlineData("{\"a\": true} \"x\"", 1, 13, "text after the document, expected the end of the file")]
    [InlineData("{\"a\": true}{\"a\": false}", 1, 12, "text after the document, expected the end of the file")]
    [InlineData("{\"a\": 1}\n{\"a\": 2}\n", 2, 1, "text after the document; a file with one JSON value a line is read with `format: jsonl`")]
    [InlineData("[1]\n[2]", 2, 1, "text after the document; a file with one JSON value a line is read with `format: jsonl`")]
    [InlineData("{\n\"a\": 1}\n[]", 3, 1, "text after the document, expected the end of the file")]
    public void Text_behind_a_document_is_an_error(string text, int line, int column, string message)
    {
        var error = _folder.Error(Spec("json"), text, "row");
        Assert.Equal($"in:{line}:{column}: error IK3002: {message}.", error.ToString());
    }

    [Fact]
    public void Indented_objects_one_after_another_are_read()
    {
        Assert.Equal(["0:1 i1", "0:4 i2", "0:5 i3"], _folder.Read(Spec("json"), "{\n \"a\": 1\n}\n{\"a\": 2}\n{\"a\": 3}\n", "a").Rows);
    }

    [Fact]
    public void A_layout_may_say_that_objects_follow_one_another()
    {
        var spec = Spec("json") with { Sequence = true };
        Assert.Equal(["0:1 i1", "0:2 i2", "0:2 i3"], _folder.Read(spec, "{\"a\": 1}\n{\"a\": 2}{\"a\": 3}\n", "a").Rows);
        Assert.Equal("in:2:1: error IK3002: text after the document, expected the end of the file.", _folder.Error(spec, "{\"a\": 1}\n[1]", "row").ToString());
    }

    [Fact]
    public void A_list_is_chosen_only_where_nothing_else_is_left_out()
    {
        Assert.Equal(["0:1 i1", "0:1 i2"], _folder.Read(Spec("json"), "{\"x\": [{\"id\": 1}, {\"id\": 2}]}", "id").Rows);
        Assert.Equal(["0:1 i2|[{\"id\": 1}]"], _folder.Read(Spec("json"), "{\"id\": 2, \"x\": [{\"id\": 1}]}", "id", "x").Rows);
        Assert.Equal(["0:1 i1"], _folder.Read(Spec("json") with { Records = "x[]" }, "{\"id\": 2, \"x\": [{\"id\": 1}]}", "id").Rows);
    }

    [Fact]
    public void An_array_named_jsonl_is_called_what_it_is()
    {
        Assert.Equal(
            "in:2:1: error IK3005: an array that spans several lines is not JSON Lines; set `format: json` in the layout.", _folder.Error(Spec("jsonl") with { SkipLines = 1 }, "#\n[\n {\"a\": 1}\n]\n", "a").ToString());
        Assert.Equal(["0:1 !IK3005@0 expected an object in braces; an array of records is read with `format: json`"], _folder.Read(Spec("jsonl"), "[{\"a\": 1}]\n", "a").Rows);
        Assert.Equal(["0:1 [1]", "0:2 [2]"], _folder.Read(Spec("jsonl"), "[1]\n[2] \r\n", "row").Rows);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("json")]
    public void A_key_that_is_first_seen_late_is_discovered(string format)
    {
        var rows = Enumerable.Range(0, 5000).Select(i => i == 4321 ? "{\"a\":1,\"hi\\u006Et\":2}" : "{\"a\":1}");
        var text = format == "json" ? $"[{string.Join(",\n", rows)}]" : string.Join('\n', rows);
        Assert.Equal(["a", "hint"], RowReaders.DiscoverColumns(Spec(format), [new SourcePart(null, [_folder.Add("in", text)])]));
    }

    [Fact]
    public void A_pipe_is_refused_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo and /dev");
        var path = Path.Combine(_folder.Root, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", path)) make.WaitForExit();

        Assert.Equal("error IK3021: pipe: cannot be read: it is a pipe, expected a plain file.", Refusal(path, "pipe"));
        var error = Assert.Throws<DiagnosticException>(() => RowReaders.DiscoverColumns(Spec("parquet"), [new SourcePart(null, [new SourceFile(path, "pipe")])])).Diagnostics[0];
        Assert.Equal("IK3021", error.Code);
        Assert.Contains("pipe: cannot be read: it is a pipe", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("error IK3021: zero: cannot be read: it is a device, expected a plain file.", Refusal("/dev/zero", "zero"));
    }

    [Theory]
    [InlineData("grow")]
    [InlineData("rewrite")]
    public void A_file_that_changes_while_it_is_read_is_an_error(string how)
    {
        var file = _folder.Add("in", string.Concat(Enumerable.Repeat("{\"a\":1}\n", 1000)));
        using var reader = RowReaders.Open(Spec("jsonl"), [new SourcePart(null, [file])], ["a"], 4096);
        using var batch = new InstructKit.Cells.RowBatch(1);
        var before = FileStamp.Of(file.Path);
        Assert.True(reader.ReadChunk(batch));
        Assert.Equal(before, FileStamp.Of(file.Path));
        using (var writer = new FileStream(file.Path, how == "grow" ? FileMode.Append : FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) writer.Write("{\"a\":2}\n"u8);

        var error = Assert.Throws<DiagnosticException>(() =>
        {
            while (reader.ReadChunk(batch))
            {
            }
        });
        Assert.StartsWith("error IK3024: in: the file changed while it was read", error.Diagnostics[0].ToString(), StringComparison.Ordinal);
        Assert.NotEqual(before, FileStamp.Of(file.Path));
    }

    [Fact]
    public void A_source_that_is_written_to_replaced_or_removed_is_noticed_afterwards()
    {
        _folder.Add("a.zip", "PK");
        SourcePart[] parts = [new(null, [_folder.Add("in", "1"), new SourceFile(Path.Combine(_folder.Root, "a.zip") + "!m", "a.zip!m")])];
        new SourceStamps(parts).RequireUnchanged();
        foreach (var (name, change) in new (string, Action<string>)[]
        {
            ("in", path => File.WriteAllText(path, "2")),
            ("in", path => File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch)),
            ("in", path => File.Move(_folder.Add("other", "1").Path, path, overwrite: true)),
            ("a.zip", path => File.AppendAllText(path, "x")),
        })
        {
            var stamps = new SourceStamps(parts);
            change(Path.Combine(_folder.Root, name));
            Assert.StartsWith($"error IK3024: {(name == "in" ? name : "a.zip!m")}: the file changed", Assert.Throws<DiagnosticException>(stamps.RequireUnchanged).Diagnostics[0].ToString(), StringComparison.Ordinal);
        }

        var last = new SourceStamps(parts);
        File.Delete(Path.Combine(_folder.Root, "in"));
        Assert.Equal("IK3001", Assert.Throws<DiagnosticException>(last.RequireUnchanged).Diagnostics[0].Code);
    }

    [Fact]
    public void Names_with_control_characters_are_shown_escaped()
    {
        var file = _folder.Add("a\u001b[31m\u202e.jsonl", "{bad\n");
        using var reader = RowReaders.Open(Spec("jsonl"), [new SourcePart(null, [file])], ["a"]);
        Assert.Equal(["a\\x1b[31m\\u202e.jsonl"], reader.Files);
        Assert.StartsWith("error IK3022: a\\x0ab: ", Assert.Throws<DiagnosticException>(() => ReaderFolder.Read(Spec("csv"), [new SourcePart(null, [_folder.Add("a\nb", "")])], "a")).Diagnostics[0].ToString(), StringComparison.Ordinal);
    }

    private static SourceSpec Spec(string format) => new() { Format = SourceFormats.Named(format) };

    private string Refusal(string path, string name) => Assert.Throws<DiagnosticException>(() =>
        ReadResult.Of(RowReaders.Open(Spec("jsonl"), [new SourcePart(null, [new SourceFile(path, name)])], ["a"]))).Diagnostics.Single().ToString();
}
