using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Input errors that are faults by default, and the results when they are repaired.</summary>
public sealed class InputRepairTests : IDisposable
{
    private static readonly SourceSpec Jsonl = new() { Format = SourceFormats.Jsonl };
    private static readonly SourceSpec Json = new() { Format = SourceFormats.Json };
    private static readonly RepairChoices ReplaceBytes = new(InputRepairs.InvalidUtf8);
    private static readonly RepairChoices LastKey = new(InputRepairs.DuplicateKeys);
    private static readonly RepairChoices ReplaceSurrogates = new(InputRepairs.LoneSurrogates);

    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The Unicode Standard 16.0, tables 3-8 to 3-11: the result of a decoder that replaces maximal subparts for these bytes.
    [Theory]
    [InlineData("C0 AF E0 80 BF F0 81 82 41", "FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 0041")]
    [InlineData("ED A0 80 ED BF BF ED AF 41", "FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 0041")]
    [InlineData("F4 91 92 93 FF 41 80 BF 42", "FFFD FFFD FFFD FFFD FFFD 0041 FFFD FFFD 0042")]
    [InlineData("E1 80 E2 F0 91 92 F1 BF 41", "FFFD FFFD FFFD FFFD 0041")]
    public void Bad_bytes_are_replaced_as_Unicode_recommends(string bytes, string expected)
    {
        byte[] bad = [.. bytes.Split(' ').Select(one => Convert.ToByte(one, 16))];
        var text = string.Concat(expected.Split(' ').Select(one => (char)Convert.ToInt32(one, 16)));
        byte[] content = [.. "ok\na"u8, .. bad, .. "\nok\n"u8];
        foreach (var (spec, column) in new[]
        {
            (new SourceSpec { Format = SourceFormats.Lines }, "line"),
            (new SourceSpec { Format = SourceFormats.Tsv, Columns = ["c"] }, "c"),
            (new SourceSpec { Format = SourceFormats.Csv, Columns = ["c"] }, "c"),
        })
        {
            var read = _folder.Read(spec with { Repairs = ReplaceBytes }, content, column);
            Assert.Equal(["0:1 'ok'", $"0:2 'a{text}'", "0:3 'ok'"], read.Rows);
            Assert.Equal(["0:2 InvalidUtf8"], read.Repaired);
            Assert.StartsWith("0:2 !IK3004@1 ", Assert.Single(_folder.Read(spec, content, column).Faults), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_row_with_replaced_bytes_is_counted_and_no_other()
    {
        byte[] document = [.. "{\"data\": [{\"context\": \"a"u8, 0xFF, .. "\",\n \"qas\": [{\"q\": 1}, {\"q\": \"b"u8, 0xC3, .. "\"},\n {\"q\": x}]},\n {\"context\": \"c\", \"qas\": [{\"q\": 4}]}]}"u8];
        var spec = Json with { Records = "data[].qas[]", Repairs = ReplaceBytes };
        // The piece is not JSON, so it is one fault, reported at its position in the file and with its bytes.
        var read = _folder.Read(spec, document, "q");
        Assert.Equal(["0:1 !IK3002@-1 expected a value (2 lines further down, column 8)", "0:4 i4"], read.Rows);
        document = [.. document.Select(letter => letter == 'x' ? (byte)'3' : letter)];
        read = _folder.Read(spec, document, "q");
        Assert.Equal(["0:2 i1", "0:2 'b\uFFFD'", "0:3 i3", "0:4 i4"], read.Rows);
        Assert.Equal(["0:2 InvalidUtf8"], read.Repaired);
        // With the paragraph all of its questions have the bad byte.
        Assert.Equal(["0:2 InvalidUtf8", "0:2 InvalidUtf8", "0:3 InvalidUtf8"], _folder.Read(spec, document, "q", "data").Repaired);
        // JSON Lines with a path behave the same.
        byte[] line = [.. document.Select(letter => letter == '\n' ? (byte)' ' : letter)];
        read = _folder.Read(spec with { Format = SourceFormats.Jsonl }, line, "q");
        Assert.Equal(["i1", "'b\uFFFD'", "i3", "i4"], read.Good);
        Assert.Equal((2, 1), (read.Replacements, read.Repaired.Count));
    }

    [Fact]
    public void A_bad_key_on_the_way_to_the_records_is_replaced_too()
    {
        byte[] document = [.. "{\"a"u8, 0xFF, .. "\": {\"v\": 1}, \"b\": {\"v\": 2}}"u8];
        var read = _folder.Read(Json with { Records = "*", Repairs = ReplaceBytes }, document, "key", "v");
        Assert.Equal(["0:1 'a\uFFFD'|i1", "0:1 'b'|i2"], read.Rows);
        Assert.Equal(["0:1 InvalidUtf8"], read.Repaired);
    }

    [Theory]
    [InlineData("{\"o\":{\"x\":1,\"x\":2}}", 12, "x")]
    [InlineData("{\"o\":{\"x\":1,\"\\u0078\":2}}", 12, "\\u0078")]
    [InlineData("{\"o\":[1,{\"a\":{\"b\":1},\"b\":2,\"a\":3}]}", 27, "a")]
    [InlineData("{\"o\":[{\"a\":{}},{\"a\":1,\"b\":{\"c\":{\"\":1,\"\":2}}}]}", 37, "")]
    [InlineData("{\"unread\":{\"x\":1,\"x\":1},\"o\":1}", 17, "x")]
    public void A_key_that_stands_twice_at_any_depth_is_a_fault(string line, int column, string key)
    {
        var expected = $"!IK3003@{column} the key '{key}' occurs twice in one object";
        var read = _folder.Read(Jsonl, $"{{\"o\":{{\"x\":1}}}}\n{line}\n", "o");
        Assert.Equal(["0:1 {\"x\":1}", $"0:2 {expected}"], read.Rows);
        // After another value, so that the object is not a wrapper around records.
        Assert.Equal(["0:1 -", $"0:2 {expected}"], _folder.Read(Json with { Sequence = true }, $"{{}}\n{line}", "o").Rows);
        Assert.Equal(["0:1 DuplicateKeys"], _folder.Read(Jsonl with { Repairs = LastKey }, line, "o").Repaired);
        Assert.Equal(["0:1 DuplicateKeys"], _folder.Read(Json with { Repairs = LastKey, Sequence = true }, line + "{}", "o").Repaired);
    }

    [Fact]
    public void Equal_keys_of_different_objects_are_none_that_stand_twice()
    {
        const string Line = "{\"o\":[{\"a\":1},{\"a\":2},{\"a\":{\"a\":{\"a\":[]}},\"b\":{\"a\":1}}],\"a\":{\"o\":1}}";
        Assert.Equal(["0:1 {\"o\":1}"], _folder.Read(Jsonl, Line, "a").Rows);
    }

    [Fact]
    public void The_last_value_counts_when_the_layout_says_so()
    {
        var spec = Jsonl with { Repairs = LastKey };
        var read = _folder.Read(spec, "{\"v\":1,\"w\":0,\"v\":\"b\"}\n{\"v\":1,\"w\":2}\n{\"v\":{\"a\":1},\"w\":1,\"w\":2,\"w\":3}\n", "v", "w");
        Assert.Equal(["0:1 'b'|i0", "0:2 i1|i2", "0:3 {\"a\":1}|i3"], read.Rows);
        Assert.Equal(["0:1 DuplicateKeys", "0:3 DuplicateKeys"], read.Repaired);
        // On the way to the records as well.
        var path = spec with { Records = "p.q[]" };
        read = _folder.Read(path, "{\"p\":{\"q\":[]},\"p\":{\"q\":[{\"v\":1}],\"q\":[{\"v\":2,\"v\":3},{\"v\":4}]}}\n", "v");
        Assert.Equal(["0:1 i3", "0:1 i4"], read.Rows);
        Assert.Equal(["0:1 DuplicateKeys"], read.Repaired);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(100_000)]
    public void Large_objects_are_looked_through_as_well(int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}").ToList();
        var whole = $"{{\"o\":{{{string.Join(',', keys)}}}}}";
        Assert.Single(Read(whole, Jsonl).Good);
        // The second of the first pair is reported, wherever the pairs are.
        keys.Add("\"k3\":0");
        keys.Add("\"k2\":0");
        keys.Add("\"k12\":0");
        var line = $"{{\"o\":{{{string.Join(',', keys)}}}}}";
        Assert.Equal($"0:1 !IK3003@{whole.Length - 1} the key 'k3' occurs twice in one object", Assert.Single(Read(line, Jsonl).Rows));
        Assert.Equal(["0:1 DuplicateKeys"], Read(line, Jsonl with { Repairs = LastKey }).Repaired);
        // One key repeated many times.
        var same = $"{{\"o\":{{{string.Join(',', Enumerable.Repeat("\"k\":0", count))}}}}}";
        Assert.Equal(["0:1 DuplicateKeys"], Read(same, Jsonl with { Repairs = LastKey }).Repaired);

        ReadResult Read(string text, SourceSpec spec) => ReadResult.Of(RowReaders.Open(spec, [new SourcePart(null, [_folder.Add("in", text)])], ["o"]));
    }

    // Compared with a plain recursive check by another parser, which accepts such keys.
    [Fact]
    public void A_doubled_key_is_found_wherever_another_parser_finds_one() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var text = new StringBuilder("{\"o\":");
        Write(text, random, 3);
        text.Append('}');
        using var document = JsonDocument.Parse(text.ToString());
        var read = ReadResult.Of(RowReaders.Open(Jsonl, [new SourcePart(null, [_folder.Add("in", text.ToString())])], ["o"]));
        var repaired = ReadResult.Of(RowReaders.Open(Jsonl with { Repairs = LastKey }, [new SourcePart(null, [_folder.Add("in", text.ToString())])], ["o"]));
        var isDoubled = IsDoubled(document.RootElement);
        return read.Faults.Count == (isDoubled ? 1 : 0) && repaired.Faults.Count == 0 && repaired.Repaired.Count == (isDoubled ? 1 : 0);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData("\\ud800", "\uFFFD")]
    [InlineData("a\\udc00b", "a\uFFFDb")]
    [InlineData("\\ud800\\ud83d\\ude00", "\uFFFD\U0001F600")]
    [InlineData("\\ud83d\\ude00\\ude00", "\U0001F600\uFFFD")]
    [InlineData("\\ud800\\u0041", "\uFFFDA")]
    [InlineData("\\uD800x\\\\ud800", "\uFFFDx\\ud800")]
    public void Half_a_surrogate_pair_is_replaced_when_the_layout_says_so(string escaped, string expected)
    {
        var spec = Jsonl with { Repairs = ReplaceSurrogates };
        var line = $"{{\"v\":\"{escaped}\",\"o\":[{{\"k{escaped}\":\"{escaped}\"}}]}}";
        var rows = ReadResult.Of(RowReaders.Open(spec, [new SourcePart(null, [_folder.Add("in", line)])], ["v", "o", "row"]));
        Assert.Equal(["0:1 LoneSurrogates"], rows.Repaired);
        var cells = Assert.Single(_folder.Read(spec, line, "v").Rows);
        Assert.Equal(expected, JsonDocument.Parse($"\"{cells[(cells.IndexOf('\'', StringComparison.Ordinal) + 1)..^1]}\"").RootElement.GetString());
        foreach (var (column, path) in new[] { ("o", (Func<JsonElement, JsonElement>)(value => value[0])), ("row", value => value.GetProperty("o")[0]) })
        {
            var json = Assert.Single(_folder.Read(spec, line, column).Rows)[4..];
            var field = path(JsonDocument.Parse(json).RootElement).EnumerateObject().Single();
            Assert.Equal(("k" + expected, expected), (field.Name, field.Value.GetString()));
        }

        Assert.StartsWith("0:1 !IK3002@", Assert.Single(_folder.Read(Jsonl, line, "v").Rows), StringComparison.Ordinal);
        Assert.Equal(["0:1 LoneSurrogates"], _folder.Read(Json with { Repairs = ReplaceSurrogates }, line, "v").Repaired);
    }

    [Fact]
    public void An_option_goes_before_a_plan_and_a_plan_before_a_layout()
    {
        var layout = new RepairChoices(InputRepairs.InvalidUtf8 | InputRepairs.DuplicateKeys);
        var option = new RepairChoices(InputRepairs.LoneSurrogates, InputRepairs.InvalidUtf8);
        Assert.Equal(new RepairChoices(InputRepairs.DuplicateKeys | InputRepairs.LoneSurrogates, InputRepairs.InvalidUtf8), option.Over(layout));
    }

    private static void Write(StringBuilder text, Random random, int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            text.Append(random.Next(10));
            return;
        }

        var isObject = random.Next(3) > 0;
        text.Append(isObject ? '{' : '[');
        var count = random.Next(5) == 0 ? random.Next(12, 20) : random.Next(4);
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? string.Empty : ",");
            if (isObject)
            {
                var letter = (char)('a' + random.Next(26));
                text.Append(random.Next(4) == 0 ? $"\"\\u00{(int)letter:x2}{random.Next(4)}\":" : $"\"{letter}{random.Next(4)}\":");
            }

            Write(text, random, depth - 1);
        }

        text.Append(isObject ? '}' : ']');
    }

    private static bool IsDoubled(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().GroupBy(field => field.Name, StringComparer.Ordinal).Any(group => group.Count() > 1)
            || value.EnumerateObject().Any(field => IsDoubled(field.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(IsDoubled),
        _ => false,
    };
}
