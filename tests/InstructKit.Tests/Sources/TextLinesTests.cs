using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class TextLinesTests : IDisposable
{
    private static readonly SourceSpec Lines = new() { Format = SourceFormats.Lines };
    private static readonly SourceSpec Parallel = new() { Format = SourceFormats.Parallel };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_is_a_row() =>
        Assert.Equal(["0:1 ' a\u0085b'", "0:3 'c\0\u2028'", "0:4 'd\re'"], _folder.Read(Lines, " a\u0085b\r\n\nc\0\u2028\nd\re", "line").Rows);

    [Fact]
    public void Named_groups_of_a_pattern_are_columns()
    {
        var spec = Lines with { Pattern = "^(?<coarse>[A-Z]+):(?<fine>[a-z]+) (?<text>.*?)(?<mark> \\?)?$" };
        var read = _folder.Read(spec, "DESC:manner How né ?\nno\nHUM:ind Who\n", "text", "coarse", "mark", "line");
        Assert.Equal(
            [
                "0:1 'How né'|'DESC'|' ?'|'DESC:manner How né ?'",
                "0:2 !IK3009@-1 the line does not match the layout's pattern",
                "0:3 'Who'|'HUM'|-|'HUM:ind Who'",
            ],
            read.Rows);
    }

    [Fact]
    public void Consecutive_lines_form_a_record()
    {
        var spec = Lines with { Record = ["question", "_", "answer"] };
        var read = _folder.Read(spec, "q1\n\na1\n\n\nq2\r\nx\r\na2\r\nq3\nx\na3", "answer", "question");
        Assert.Equal(["0:1 'a1'|'q1'", "0:6 'a2'|'q2'", "0:9 'a3'|'q3'"], read.Rows);
        Assert.Equal("q1\n\na1", read.Raw[0]);
    }

    [Fact]
    public void A_record_cut_short_is_a_fault_and_the_next_one_is_read()
    {
        var spec = Lines with { Record = ["a", "b", "c"] };
        var read = _folder.Read(spec, "1\n2\n\n3\n4\n5\n\n6\n", "a", "c");
        Assert.Equal(
            ["0:1 !IK3010@-1 the record has 2 lines, expected 3 (a, b, c)", "0:4 '3'|'5'", "0:8 !IK3010@-1 the record has 1 lines, expected 3 (a, b, c)"], read.Rows);
    }

    [Fact]
    public void The_nth_lines_of_parallel_files_are_a_row()
    {
        SourcePart[] parts = [new("cs", [_folder.Add("1.cs", "a\n\nc"), _folder.Add("2.cs", "d\r\n")]), new("en", [_folder.Add("1.en", "A\nB\nC\nD\n")])];
        var read = ReaderFolder.Read(Parallel, parts, "en", "cs");
        Assert.Equal(["0:1 'A'|'a'", "0:2 'B'|''", "0:3 'C'|'c'", "1:1 'D'|'d'"], read.Rows);
        Assert.Equal("a\nA", read.Raw[0]);
    }

    [Fact]
    public void Parallel_files_of_different_lengths_are_an_error_that_names_both_counts()
    {
        SourcePart[] parts = [new("de", [_folder.Add("x.de", "1\n2\n3\n")]), new("en", [_folder.Add("x.en", "1\n2\n")])];
        var error = Assert.Throws<InstructKit.Diagnostics.DiagnosticException>(() => ReaderFolder.Read(Parallel, parts, "de")).Diagnostics[0];
        Assert.Equal("error IK3011: x.de, x.en: parallel files must have the same number of lines; 'de' has 3, 'en' has 2.", error.ToString());
        parts = [parts[1], parts[0]];
        error = Assert.Throws<InstructKit.Diagnostics.DiagnosticException>(() => ReaderFolder.Read(Parallel, parts, "de")).Diagnostics[0];
        Assert.EndsWith("'en' has 2, 'de' has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_are_taken_literally_and_JSON_parts_are_values()
    {
        const string Sgm = "<srcset setid=\"x\">\n<doc>\n<seg id=\"1\"> R&D &amp; <b> </seg>\n<p>\n<seg id=\"2\">zwei</seg>\n</doc>\n";
        SourcePart[] parts = [new("src", [_folder.Add("t.sgm", Sgm)]), new("meta", [_folder.Add("t.jsonl", "{\"a\": 1}\n\n{\"a\": }\n")])];
        var read = ReaderFolder.Read(Parallel, parts, "src", "meta");
        Assert.Equal("0:3 'R&D &amp; <b>'|{\"a\": 1}", read.Rows[0]);
        Assert.StartsWith("0:5 !IK3002@6 column 'meta': expected a value", read.Rows[1], StringComparison.Ordinal);
    }
}
