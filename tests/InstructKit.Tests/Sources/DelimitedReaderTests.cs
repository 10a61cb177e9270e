using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class DelimitedReaderTests : IDisposable
{
    private static readonly SourceSpec Tsv = new() { Format = SourceFormats.Tsv };
    private static readonly SourceSpec Csv = new() { Format = SourceFormats.Csv };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void In_TSV_a_quote_is_data()
    {
        var read = _folder.Read(Tsv, "a\tb\n\"open\tx\ny\"\t\"z\n", "b", "a");
        Assert.Equal(["0:2 'x'|'\"open'", "0:3 '\"z'|'y\"'"], read.Rows);
    }

    [Fact]
    public void A_trailing_empty_field_counts_and_a_ragged_row_is_a_fault()
    {
        var read = _folder.Read(Tsv, "a\tb\n1\t\n\n1\n1\t2\t3\n4\t5", "a", "b");
        Assert.Equal(["0:2 '1'|''", "0:4 !IK3006@-1 expected 2 fields, found 1", "0:5 !IK3006@-1 expected 2 fields, found 3", "0:6 '4'|'5'"], read.Rows);
    }

    [Fact]
    public void A_byte_order_mark_is_dropped_at_the_start_alone()
    {
        var read = _folder.Read(Tsv, "\uFEFFa\tb\r\n1\t\uFEFF2\r\n", "a", "b");
        Assert.Equal(["0:2 '1'|'\uFEFF2'"], read.Rows);
    }

    [Fact]
    public void Columns_name_the_fields_of_a_file_without_header()
    {
        var spec = Tsv with { Columns = ["source", "label", "mark", "sentence"] };
        var read = _folder.Read(spec, "gj04\t1\t\tOur friends.\ngj04\t0\t*\tThem they.\n", "sentence", "label", "other");
        Assert.Equal(["0:1 'Our friends.'|'1'|-", "0:2 'Them they.'|'0'|-"], read.Rows);
        read = _folder.Read(spec with { Header = true }, "gj04\t1\t\tOur friends.\ngj04\t0\t*\tThem they.\n", "sentence");
        Assert.Equal(["0:2 'Them they.'"], read.Rows);
    }

    [Fact]
    public void Every_file_has_its_own_header()
    {
        var parts = new[] { new SourcePart(null, [_folder.Add("1", "a\tb\n1\t2\n"), _folder.Add("2", "b\tc\ta\n3\t4\t5\n"), _folder.Add("3", "a\tb\n")]) };
        Assert.Equal(["0:2 '1'|'2'", "1:2 '5'|'3'"], ReaderFolder.Read(Tsv, parts, "a", "b").Rows);
        Assert.Equal(["0:2 '1'|'2'"], ReaderFolder.Read(Csv with { Delimiter = '\t' }, [parts[0] with { Files = [parts[0].Files[0], parts[0].Files[2]] }], "a", "b").Rows);
    }

    [Theory]
    [InlineData("csv", "a,b,a\n", "columns 1 and 3 of the header are both named 'a'")]
    [InlineData("csv", "a,,b\n", "column 2 of the header has no name")]
    [InlineData("tsv", "a\tb\ta\n", "columns 1 and 3 of the header are both named 'a'")]
    [InlineData("tsv", "a\t\n", "column 2 of the header has no name")]
    [InlineData("tsv", "a\tb\r1\t2\r", "column 2 of the header has a carriage return in its name")]
    public void A_header_with_empty_or_repeated_names_is_an_error(string format, string text, string message)
    {
        var error = _folder.Error(new SourceSpec { Format = SourceFormats.Named(format) }, text + "1", "a");
        Assert.Equal("IK3008", error.Code);
        Assert.StartsWith("in:1:1: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CSV_follows_RFC_4180()
    {
        var read = _folder.Read(Csv, "a,b\r\n\"x\r\ny, \"\"z\"\"\",2\r\n3,\"4\"\n5,6\r7,\\n\n", "a", "b");
        Assert.Equal(["0:2 'x\r\ny, \"z\"'|'2'", "0:4 '3'|'4'", "0:5 '5'|'6'", "0:6 '7'|'\\n'"], read.Rows);
        Assert.Equal("\"x\r\ny, \"\"z\"\"\",2", read.Raw[0]);
    }

    [Fact]
    public void A_ragged_CSV_row_is_a_fault_and_blank_lines_are_none()
    {
        var read = _folder.Read(Csv, "a,b\n1\n\n1,2,3\n1,\n", "a", "b");
        Assert.Equal(["0:2 !IK3006@-1 expected 2 fields, found 1", "0:4 !IK3006@-1 expected 2 fields, found 3", "0:5 '1'|''"], read.Rows);
    }

    [Fact]
    public void An_open_quote_names_the_line_it_was_opened_on()
    {
        var error = _folder.Error(Csv, "a,b\n1,2\n\"x\ny\",\"z\n3,4\n5,6\n", "a");
        Assert.Equal("in:4:4: error IK3007: the quote opened here is never closed.", error.ToString());
        error = _folder.Error(Csv, "\uFEFFa,b\r1,2\r\"x\ré😀\",\"z\r3,4", "a");
        Assert.Equal("in:4:6: error IK3007: the quote opened here is never closed.", error.ToString());
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,\"x", "0:3 !IK3007@2 the quote opened here is never closed")]
    [InlineData("a,b\n1,2\n\"x,y\n", "0:3 !IK3007@0 the quote opened here is never closed")]
    [InlineData("a,b\r\n1,2\r\n\"x\"\"\r\n", "0:3 !IK3007@0 the quote opened here is never closed")]
    [InlineData("a,b\n1,2\n\"x\ny\",\"z", "0:3 !IK3007@6 the quote opened here is never closed")]
    public void An_open_quote_on_the_last_line_is_a_fault_of_that_row_alone(string text, string fault) =>
        Assert.Equal(["0:2 '1'|'2'", fault], _folder.Read(Csv, text, "a", "b").Rows);

    [Fact]
    public void Text_behind_a_closing_quote_is_a_fault_but_a_quote_inside_plain_text_is_data()
    {
        var read = _folder.Read(Csv, "a,b\n\"x\"y,1\n5\" disk,2\n5\" disk,\"x\"y\n", "a", "b");
        Assert.StartsWith("0:2 !IK3007@3 ", read.Rows[0], StringComparison.Ordinal);
        Assert.Equal("0:3 '5\" disk'|'2'", read.Rows[1]);
        Assert.StartsWith("0:4 !IK3007@11 ", read.Rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_backslash_escapes_only_when_the_layout_says_so()
    {
        const string Text = "a,b\n\"x \\\"y\\\" \\\\ \\n\",1\n";
        var read = _folder.Read(Csv with { Escape = '\\' }, Text, "a", "b");
        Assert.Equal(["0:2 'x \"y\" \\ \\n'|'1'"], read.Rows);
        Assert.StartsWith("0:2 !IK3007", _folder.Read(Csv, Text, "a", "b").Rows[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv", ",")]
    [InlineData("tsv", "\t")]
    public void Latin1_is_transcoded_and_otherwise_refused_at_its_byte(string format, string delimiter)
    {
        var spec = new SourceSpec { Format = SourceFormats.Named(format) };
        var bytes = Encoding.Latin1.GetBytes($"a{delimiter}b\ncafé{delimiter}1\n2{delimiter}3\n");
        Assert.Equal(["0:2 'café'|'1'", "0:3 '2'|'3'"], _folder.Read(spec with { Encoding = "latin-1" }, bytes, "a", "b").Rows);
        var read = _folder.Read(spec, bytes, "a", "b");
        Assert.StartsWith("0:2 !IK3004@3 byte 0xe9 ", read.Rows[0], StringComparison.Ordinal);
        Assert.Equal(["'2'|'3'"], read.Good);
        read = _folder.Read(spec with { Repairs = new(InputRepairs.InvalidUtf8) }, bytes, "a", "b");
        Assert.Equal(["0:2 'caf\uFFFD'|'1'", "0:3 '2'|'3'"], read.Rows);
    }

    [Theory]
    [InlineData("csv", ",")]
    [InlineData("tsv", "\t")]
    public void The_whole_record_is_a_JSON_object(string format, string delimiter)
    {
        var read = _folder.Read(new SourceSpec { Format = SourceFormats.Named(format) }, $"a{delimiter}b\nx\\y{delimiter}\u0001é\n", "row");
        Assert.Equal(["0:2 {\"a\":\"x\\\\y\",\"b\":\"\\u0001é\"}"], read.Rows);
    }

    [Theory]
    [InlineData("csv", ",")]
    [InlineData("tsv", "\t")]
    public void Ten_thousand_columns_pass_and_more_than_the_limit_do_not(string format, string delimiter)
    {
        var spec = new SourceSpec { Format = SourceFormats.Named(format) };
        var header = string.Join(delimiter, Enumerable.Range(0, 10_000).Select(i => $"c{i}"));
        var row = string.Join(delimiter, Enumerable.Range(0, 10_000));
        using var reader = RowReaders.Open(spec, [new SourcePart(null, [_folder.Add("wide", header + "\n" + row + "\n")])], ["c9999"]);
        Assert.Equal(["0:2 '9999'"], ReadResult.Of(reader).Rows);
        var error = _folder.Error(spec with { Limits = new SourceLimits { MaxColumns = 2 } }, $"a{delimiter}b{delimiter}c\n", "a");
        Assert.Contains("--max-columns", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_quote_cannot_swallow_more_than_the_limit()
    {
        var spec = Csv with { Limits = new SourceLimits { MaxLineBytes = 10_000 } };
        var error = _folder.Error(spec, "a,b\n1,\"" + string.Concat(Enumerable.Repeat("xy,z\n", 20_000)), "a");
        Assert.Equal("IK3012", error.Code);
        Assert.StartsWith("in:2:1: ", error.ToString(), StringComparison.Ordinal);
    }
}
