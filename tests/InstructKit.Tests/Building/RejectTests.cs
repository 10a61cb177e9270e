using System.IO.Compression;
using System.Text.Json;
using InstructKit.Building.Plans;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Bad rows among good ones, over several chunks and at their boundaries, in every container: rows in are examples out plus rejects, every reject names
/// its file, line and byte and contains its text, and nothing depends on the number of workers.</summary>
public sealed class RejectTests : IDisposable
{
    private const int Rows = 4000;
    private const int Chunk = 1 << 20;

    // The content of the line, and the expected code.
    private static readonly (byte[] Line, string Code)[] Bad =
    [
        ([.. "{\"text\": \"cut"u8], "IK3002"),
        ([.. "{\"text\": \"a\", \"label\": 1} {\"text\": \"b\", \"label\": 1}"u8], "IK3002"),
        ([.. "{\"text\": \"a\", \"label\": NaN}"u8], "IK3002"),
        ([.. "{\"text\": \"\\ud800\", \"label\": 1}"u8], "IK3002"),
        ([.. "{\"text\": \"a\", \"label\": 0, \"label\": 1}"u8], "IK3003"),
        ([.. "{\"text\": \"a\", \"label\": 0, \"more\": {\"k\": 1, \"k\": 1}}"u8], "IK3003"),
        ([.. "{\"text\": \""u8, 0xFF, .. "\", \"label\": 1}"u8], "IK3004"),
        ([.. "[1, 2]"u8], "IK3005"),
        ([.. "{\"label\": 1}"u8], "IK2101"),
        ([.. "{\"text\": \"a\", \"label\": \"low\"}"u8], "IK2102"),
        ([.. "{\"text\": \"a\", \"label\": 7}"u8], "IK2104"),
        ([.. Encoding.UTF8.GetBytes($"{{\"text\": \"{new string('é', 4000)}")], "IK3002"),
    ];

    private readonly ScratchFolder _scratch = new();

    public RejectTests() => ToyTask.WriteCatalogue(_scratch, text => text
        .Replace("files: { train: train.jsonl, test: test.jsonl }", "files: { train: FILES, test: test.jsonl }", StringComparison.Ordinal)
        .Replace("train[:-3]", "train", StringComparison.Ordinal)
        .Replace("validation: \"train[-3:]\", ", string.Empty, StringComparison.Ordinal));

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("train.jsonl")]
    [InlineData("train.jsonl.gz")]
    [InlineData("train.jsonl.zst")]
    [InlineData("a.zip!*.jsonl")]
    [InlineData("a.tar!*.jsonl")]
    [InlineData("a.tar.gz!*.jsonl")]
    public void Rows_in_are_examples_and_rejects(string files)
    {
        var isArchive = files.Contains('!', StringComparison.Ordinal);
        var name = files.Split('!')[0];
        List<Line> lines = [.. Lines(1, isArchive ? name + "!1.jsonl" : name)];
        List<Line> more = isArchive ? [.. Lines(2, name + "!2.jsonl")] : [];
        var (one, two) = (Content(lines), Content(more));
        Assert.True(one.Length > 3 * Chunk);
        Directory.CreateDirectory(_scratch.At("data", "size"));
        File.WriteAllBytes(_scratch.At("data", "size", name), name switch
        {
            // Members and frames end where no line does.
            "train.jsonl.gz" => Packed.Gzip(one[..1_000_003], one[1_000_003..]),
            "train.jsonl.zst" => Packed.Zstd(one[..1_000_003], one[1_000_003..]),
            "a.zip" => Packed.Zip(CompressionLevel.Fastest, ("2.jsonl", two), ("1.jsonl", one)),
            "a.tar" => Packed.Tar(("2.jsonl", two), ("1.jsonl", one)),
            "a.tar.gz" => Packed.Gzip(Packed.Tar(("2.jsonl", two), ("1.jsonl", one))),
            _ => one,
        });
        File.WriteAllText(_scratch.At("catalogue", "sizes", "size.yaml"), File.ReadAllText(_scratch.At("catalogue", "sizes", "size.yaml")).Replace("FILES", $"\"{files}\"", StringComparison.Ordinal));
        List<Line> all = [.. lines.Concat(more).Where(line => line.Text is not [])];

        var written = new[] { 1, 4 }.Select(jobs => Check(all, jobs)).ToList();
        Assert.Equal(written[0], written[1]);

        // The first bad row is reported, whatever the workers read meanwhile.
        var first = all.First(line => line.Code is not null);
        var failure = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan("fail", 4) with { OnBadRow = BadRowPolicy.Fail })).Diagnostics[0];
        Assert.Equal(
            (first.Code, Path.Combine(_scratch.At("data", "size"), first.File), first.Number),
            (failure.Code, failure.Span!.Value.Source.Name, failure.Span.Value.Start.Line + 1));

        // As many rejects as are allowed, and one more.
        var count = all.Count(line => line.Code is not null);
        Assert.Equal(count, ToyTask.Build(_scratch, Plan("enough", 4) with { MaxRejects = count }).Rejected);
        var last = all.Last(line => line.Code is not null);
        var tooMany = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan("more", 4) with { MaxRejects = count - 1 })).Diagnostics[0];
        Assert.Equal(("IK2201", last.Number), (tooMany.Code, tooMany.Span!.Value.Start.Line + 1));
    }

    [Fact]
    public void A_column_that_other_rows_have_is_not_suggested_for_itself()
    {
        _scratch.Write("data/size/train.jsonl", "{\"text\": \"a\", \"label\": 0}\n{\"label\": 1}\n");
        File.WriteAllText(_scratch.At("catalogue", "sizes", "size.yaml"), File.ReadAllText(_scratch.At("catalogue", "sizes", "size.yaml")).Replace("FILES", "train.jsonl", StringComparison.Ordinal));
        var failure = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan("fail", 1) with { OnBadRow = BadRowPolicy.Fail })).Diagnostics[0];
        Assert.Equal(("IK2101", "Other rows have it; a '?' after its type under 'columns' allows rows without it."), (failure.Code, failure.Hint));
    }

    // For every text format: the error, and the reject's raw text with its byte offset in the file.
    public static TheoryData<string, string, string[]> Formats => new()
    {
        { "jsonl", "\uFEFF{\"text\": \"é\", \"label\": 0}\r\n{\"label\": 1}\n\n[7]", ["{\"label\": 1}", "[7]"] },
        { "jsonl\n    records: items[]", "{\"items\": [{\"text\": \"é\", \"label\": 0}, {\"label\": 1}]}\n{\"items\": [7, {\"label\":\t2}]}\n", ["{\"label\": 1}", "7", "{\"label\":\t2}"] },
        { "json", "\uFEFF[{\"text\": \"é\", \"label\": 0},\n  {\"text\": tru},\r\n {\"label\":\n 1}, 7\n]", ["{\"text\": tru}", "{\"label\":\n 1}", "7"] },
        { "json\n    records: d[].q[]", "{\"d\": [{\"q\": [{\"text\": \"é\", \"label\": 0}, {\"label\": 1}]}, {\"é\": 2, \"q\": [\n{\"label\": 2}]}]}", ["{\"label\": 1}", "{\"label\": 2}"] },
        { "csv", "\uFEFFtext,label\r\n\"é\r\nü\",0\r\n\r\n\"a\n\nb\"\nx,1,2\n\"y\"z,0\nlast", ["\"a\n\nb\"", "x,1,2", "\"y\"z,0", "last"] },
        { "csv\n    escape: '\\'", "text,label\n\"\\\\ \\\" \\\\\",0\nonly\n\"\\\\\",1,1\n", ["only", "\"\\"] },
        { "csv\n    encoding: latin-1", "text,label\né\u00a0,0\nüü\n\"ö\nö\"\n", ["üü", "\"ö\nö\""] },
        { "tsv", "\uFEFFtext\tlabel\r\né\t0\r\nü\n\n1\t2\t3", ["ü", "1\t2\t3"] },
        { "tsv\n    encoding: latin-1", "téxt\ttext\tlabel\né\té\t0\nüü\n1\n", ["üü", "1"] },
        { "lines\n    pattern: \"^(?<text>[^ ]+) (?<label>[01])$\"", "é 0\r\nü\r\n\nx y", ["ü", "x y"] },
        { "lines\n    record: [ text, label ]", "é\n0\n\nü\r\n\r\nx\n1\ny", ["ü", "y"] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_byte_of_a_reject_is_where_its_text_begins(string format, string text, string[] raw)
    {
        var isLatin1 = format.Contains("latin-1", StringComparison.Ordinal);
        var content = (isLatin1 ? Encoding.Latin1 : Encoding.UTF8).GetBytes(text);
        Directory.CreateDirectory(_scratch.At("data", "size"));
        File.WriteAllBytes(_scratch.At("data", "size", "train.txt"), content);
        File.WriteAllBytes(_scratch.At("data", "size", "train.txt.gz"), Packed.Gzip(content));
        var path = _scratch.At("catalogue", "sizes", "size.yaml");
        var yaml = File.ReadAllText(path).Replace("format: jsonl", $"format: {format}", StringComparison.Ordinal).Replace("int?", "any", StringComparison.Ordinal)
            .Replace("options[label]", "options[label | int]", StringComparison.Ordinal);
        foreach (var name in new[] { "train.txt", "train.txt.gz" })
        {
            File.WriteAllText(path, yaml.Replace("FILES", name, StringComparison.Ordinal));
            ToyTask.Build(_scratch, Plan(name, 2));
            var rejects = Read(Path.Combine(name, ".instructkit", "rejects.jsonl"));
            Assert.Equal(raw.Length, rejects.Count);
            foreach (var (expected, reject) in raw.Zip(rejects))
            {
                var there = content.AsSpan((int)reject.GetProperty("offset").GetInt64());
                Assert.StartsWith(expected, isLatin1 ? Encoding.Latin1.GetString(there) : Encoding.UTF8.GetString(there), StringComparison.Ordinal);
                Assert.StartsWith(expected[..1], reject.GetProperty("raw").GetString(), StringComparison.Ordinal);
            }
        }
    }

    private string Check(List<Line> all, int jobs)
    {
        var folder = jobs.ToString(CultureInfo.InvariantCulture);
        var report = ToyTask.Build(_scratch, Plan(folder, jobs));
        var counts = report.Tasks.Single().Slices.Single().Counts;
        var good = all.Where(line => line.Code is null).ToList();
        Assert.Equal((all.Count, good.Count, all.Count - good.Count), (counts.Read, counts.Selected, counts.Rejected));

        var inputs = Read(Path.Combine(folder, "data", "train-00000-of-00001.jsonl")).Select(row => row.GetProperty("input").GetString()!).ToList();
        Assert.Equal(good.Select(line => line.Mark), inputs.Select(input => input.Split(' ')[1]));

        var rejects = Read(Path.Combine(folder, ".instructkit", "rejects.jsonl"));
        Assert.Equal(
            all.Select((line, row) => (line, row)).Where(pair => pair.line.Code is not null).Select(pair => (pair.row, pair.line.File, pair.line.Number, pair.line.Code)),
            rejects.Select(reject => (
                reject.GetProperty("row").GetInt32(), reject.GetProperty("file").GetString()!, reject.GetProperty("line").GetInt64(), reject.GetProperty("code").GetString())));
        foreach (var (line, reject) in all.Where(line => line.Code is not null).Zip(rejects))
        {
            var raw = reject.TryGetProperty("raw", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!) : reject.GetProperty("raw_base64").GetBytesFromBase64();
            Assert.True(line.Text.AsSpan().StartsWith(raw) && raw.Length >= Math.Min(line.Text.Length, 4093), $"line {line.Number} has another text in the reject file");
            Assert.Equal(line.Offset, reject.GetProperty("offset").GetInt64());
        }

        return ToyTask.ReadAll(_scratch.At(folder));
    }

    private BuildPlan Plan(string folder, int jobs) => new()
    {
        Tasks = ["size"],
        Data = [_scratch.At("data")],
        Out = _scratch.At(folder),
        OnBadRow = BadRowPolicy.Skip,
        Shuffle = false,
        FirstTemplates = 1,
        Jobs = jobs,
    };

    private List<JsonElement> Read(string path) => [.. File.ReadAllText(_scratch.At(path)).Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];

    private static byte[] Content(List<Line> lines) => [.. lines.SelectMany(line => (byte[])[.. line.Text, .. line.End])];

    // Some bad rows anywhere, and one at every chunk boundary; some blank lines and line ends of both kinds.
    private static IEnumerable<Line> Lines(int seed, string file)
    {
        var random = new Random(seed);
        long bytes = 0;
        for (var i = 0; i < Rows; i++)
        {
            byte[] end = random.Next(5) == 0 ? [(byte)'\r', (byte)'\n'] : [(byte)'\n'];
            var mark = string.Create(CultureInfo.InvariantCulture, $"{seed}-{i}");
            var good = Encoding.UTF8.GetBytes($"{{\"text\": \"{mark} {new string('x', random.Next(400, 1600))}\", \"label\": {i % 2}}}");
            var isAtBorder = bytes / Chunk != (bytes + good.Length + 2) / Chunk;
            var kind = random.Next(Bad.Length);
            var line = random.Next(50) == 0 ? new Line(file, i + 1, bytes, [], end, null, mark)
                : isAtBorder || random.Next(30) == 0 ? new Line(file, i + 1, bytes, Bad[kind].Line, end, Bad[kind].Code, mark)
                : new Line(file, i + 1, bytes, good, end, null, mark);
            bytes += line.Text.Length + end.Length;
            yield return line;
        }
    }

    private sealed record Line(string File, long Number, long Offset, byte[] Text, byte[] End, string? Code, string Mark);
}
