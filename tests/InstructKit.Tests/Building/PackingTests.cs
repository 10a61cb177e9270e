using System.Buffers.Binary;
using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Formats;
using InstructKit.Lengths;
using InstructKit.Tests.Cli;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Packed sequences hold exactly the tokens of the examples that the same build writes as texts.</summary>
public sealed class PackingTests : IDisposable
{
    private const int EndOfText = 199_999; // o200k_base, as in tiktoken's registry

    private readonly ScratchFolder _scratch = new();

    public PackingTests() => Plan = ToyTask.TokenPlan(_scratch);

    private BuildPlan Plan { get; }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_token_of_the_mixed_samples_is_in_one_sequence_under_the_right_mask()
    {
        CliRun.Ok("build", "--format", "prompt-completion", "--out", _scratch.At("texts"));
        string[] pack = ["build", "--format", "prompt-completion", "--tokenizer", "o200k_base", "--pack", "1280", "--megatron"];
        CliRun.Ok([.. pack, "--out", _scratch.At("packed"), "--jobs", "1"]);
        CliRun.Ok([.. pack, "--out", _scratch.At("eight"), "--jobs", "8"]);
        CliRun.Ok([.. pack, "--out", _scratch.At("columns"), "--container", "parquet"]);
        Assert.Equal(ToyTask.ReadAll(_scratch.At("packed")), ToyTask.ReadAll(_scratch.At("eight")));

        foreach (var split in new[] { "train", "validation" })
        {
            var expected = Rows(_scratch.At("texts", "data", $"{split}-00000-of-00001.jsonl")).Select(row => Encoded(row.GetProperty("prompt").GetString()!, row.GetProperty("completion").GetString()!));
            var sequences = Sequences(_scratch.At("packed", "data", $"{split}-00000-of-00001.jsonl"));
            Assert.Equal(expected.Order(StringComparer.Ordinal), sequences.SelectMany(Examples).Order(StringComparer.Ordinal));
            Assert.All(sequences, sequence => Assert.InRange(sequence.Ids.Length, 1, 1280));

            var tokens = sequences.Sum(sequence => (long)sequence.Ids.Length);
            Assert.True(tokens >= 0.95 * sequences.Count * 1280, $"{split}: {tokens} tokens in {sequences.Count} sequences");
            Assert.Equal(sequences.Select(sequence => string.Join(',', sequence.Ids)), Megatron(_scratch.At("packed", "megatron", split), out var code).Select(ids => string.Join(',', ids)));
            Assert.Equal(4, code); // 32 bits: the vocabulary has more than 65,500 tokens

            var columns = RowsAsJson.Read(_scratch.At("columns", "data", $"{split}-00000-of-00001.parquet")).Select(row => JsonDocument.Parse(row).RootElement.ToString().Replace(" ", string.Empty, StringComparison.Ordinal));
            Assert.Equal(File.ReadLines(_scratch.At("packed", "data", $"{split}-00000-of-00001.jsonl")), columns);

            var told = Manifest("packed").GetProperty("packing").EnumerateArray().Single(one => one.GetProperty("split").GetString() == split);
            Assert.Equal((sequences.Count, tokens), (told.GetProperty("sequences").GetInt32(), told.GetProperty("tokens").GetInt64()));
            Assert.Equal(Math.Round(tokens / (1280m * sequences.Count), 6), told.GetProperty("utilisation").GetDecimal());
        }

        // Scored rows stay text.
        Assert.Equal(
            File.ReadAllLines(_scratch.At("texts", "data", "held_out-00000-of-00001.jsonl")).Length, File.ReadAllLines(_scratch.At("packed", "data", "held_out-00000-of-00001.jsonl")).Length);
    }

    [Theory]
    [InlineData(40, 16_384)]
    [InlineData(64, 16_384)]
    [InlineData(64, 7)]
    [InlineData(1000, 1)]
    public void Examples_stay_whole_whatever_length_and_window(int length, int window)
    {
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("texts"), Tokenizer = null });
        ToyTask.Build(_scratch, Plan with { Packing = new Packing { Length = length, Window = window } });
        var expected = Rows(_scratch.At("texts", "data", "train-00000-of-00001.jsonl")).Select(row => Encoded(row.GetProperty("prompt").GetString()!, row.GetProperty("completion").GetString()!)).ToList();
        var sequences = Sequences(_scratch.At("out", "data", "train-00000-of-00001.jsonl"));
        Assert.Equal(expected.Where(example => example.Split(' ').Length <= length).Order(StringComparer.Ordinal), sequences.SelectMany(Examples).Order(StringComparer.Ordinal));
        if (window == 1) Assert.All(sequences, sequence => Assert.Single(Examples(sequence)));
    }

    [Fact]
    public void Longer_examples_are_dropped_cut_or_refused()
    {
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("texts"), Tokenizer = null });
        var all = Rows(_scratch.At("texts", "data", "train-00000-of-00001.jsonl")).Select(row => Encoded(row.GetProperty("prompt").GetString()!, row.GetProperty("completion").GetString()!).Split(' ')).ToList();
        var most = all.Select(example => example.Length).Order().ElementAt(all.Count / 2);
        var fit = all.Count(example => example.Length <= most);
        Assert.InRange(fit, 1, all.Count - 1);

        var dropped = ToyTask.Build(_scratch, Plan with { Packing = new Packing { Length = most } });
        var counts = dropped.Tasks[0].Slices.Single(slice => slice.Split == OutputSplit.Train).Counts;
        Assert.Equal((fit, all.Count - fit), (counts.Examples, counts.Dropped["longer_than_sequence"]));
        Assert.Equal(fit, dropped.Packed.Single(split => split.Split == OutputSplit.Train).Examples);

        var cut = ToyTask.Build(_scratch, Plan with { Force = true, Packing = new Packing { Length = most, OnLong = LongExamples.Cut } });
        var expected = all.Select(example => example[..Math.Min(most, example.Length)]).Where(example => example.Any(token => token[0] == '+')).Select(example => string.Join(' ', example)).ToList();
        Assert.Equal(expected.Order(StringComparer.Ordinal), Sequences(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).SelectMany(Examples).Order(StringComparer.Ordinal));
        Assert.Equal(all.Count(example => example.Length > most && example[..most].Any(token => token[0] == '+')), cut.Tasks[0].Slices.Single(slice => slice.Split == OutputSplit.Train).Counts.Lengths!.PackCut);

        var failure = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Force = true, Packing = new Packing { Length = most, OnLong = LongExamples.Fail } }));
        Assert.Equal("IK2107", failure.Diagnostics[0].Code);
    }

    [Fact]
    public void Padding_loss_masks_separators_and_ends_come_from_options()
    {
        var plan = Plan with { Format = ExampleFormats.Default, Packing = new Packing { Length = 128, Mask = PackedMask.LossMask, Pad = "7", Megatron = true }, EndToken = "11", SeparatorTokens = ["<bos>", "12"], Tokenizer = "gpt2" };
        var wrong = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, plan));
        Assert.Contains("<|endoftext|> = 50256", wrong.Diagnostics[0].Hint, StringComparison.Ordinal);

        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("texts"), Tokenizer = null, Format = ExampleFormats.Default });
        ToyTask.Build(_scratch, plan with { SeparatorTokens = ["<|endoftext|>", "12"] });
        var tokenizer = Tokenizers.Open("gpt2");
        var expected = Rows(_scratch.At("texts", "data", "train-00000-of-00001.jsonl")).Select(row =>
            string.Join(' ', [.. Ids(tokenizer, row.GetProperty("input").GetString()!).Concat([50_256, 12]).Select(id => $"-{id}"), .. Ids(tokenizer, row.GetProperty("target").GetString()!).Append(11).Select(id => $"+{id}")]));
        List<string> found = [];
        foreach (var row in Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl")))
        {
            var (ids, mask, segments, positions) = (Numbers(row, "input_ids"), Numbers(row, "loss_mask"), Numbers(row, "segment_ids"), Numbers(row, "position_ids"));
            Assert.Equal([128, 128, 128, 128], new[] { ids.Length, mask.Length, segments.Length, positions.Length });
            var padded = Array.IndexOf(segments, 0) is >= 0 and var at ? at : 128;
            Assert.All(Enumerable.Range(padded, 128 - padded), i => Assert.Equal((7, 0, 0, i - padded), (ids[i], mask[i], segments[i], positions[i])));
            found.AddRange(Enumerable.Range(0, padded).GroupBy(i => segments[i]).Select(example => string.Join(' ', example.Select(i => $"{(mask[i] == 1 ? '+' : '-')}{ids[i]}"))));
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.All(Megatron(_scratch.At("out", "megatron", "train"), out var code), ids => Assert.Equal(128, ids.Length));
        Assert.Equal(8, code); // 16 bits: 50,257 tokens
    }

    [Fact]
    public void Control_tokens_come_from_the_chat_template_and_never_from_a_row()
    {
        _scratch.Write("data/colour/train.jsonl", string.Concat(Enumerable.Range(0, 12).Select(i => $"{{\"text\": \"row {i} <|endoftext|> <|fim_prefix|>assistant\", \"label\": {i % 2}}}\n")));
        _scratch.Write("chat.jinja", "{% for message in messages %}<|fim_prefix|>{{ message.role }}\n{{ message.content | trim }}<|fim_suffix|>\n{% endfor %}{% if add_generation_prompt %}<|fim_prefix|>assistant\n{% endif %}");
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("texts"), Tokenizer = null, Format = ExampleFormats.Default });
        ToyTask.Build(_scratch, Plan with { Format = ExampleFormats.Find("messages")!, ChatTemplate = _scratch.At("chat.jinja"), System = "Be brief.", Tokenizer = "cl100k_base", Packing = new Packing { Length = 256 } });
        var tokenizer = Tokenizers.Open("cl100k_base");
        const int Begin = 100_258;
        const int End = 100_260;
        var expected = Rows(_scratch.At("texts", "data", "train-00000-of-00001.jsonl")).Select(row => string.Join(' ',
        [
            .. new[] { Begin }.Concat(Ids(tokenizer, "system\nBe brief.")).Append(End).Concat(Ids(tokenizer, "\n")).Append(Begin).Concat(Ids(tokenizer, "user\n" + row.GetProperty("input").GetString()!.Trim()))
                .Append(End).Concat(Ids(tokenizer, "\n")).Append(Begin).Concat(Ids(tokenizer, "assistant\n")).Select(id => $"-{id}"),
            .. Ids(tokenizer, row.GetProperty("target").GetString()!.Trim()).Append(End).Concat(Ids(tokenizer, "\n")).Select(id => $"+{id}"),
        ]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Sequences(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).SelectMany(Examples).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("token ids", "pair", false, false)]
    [InlineData("chat template", "messages", true, false)]
    [InlineData("prompts alone", "verl", true, false)]
    [InlineData("does not pack", "pair", true, true)]
    public void A_plan_that_cannot_be_packed_is_refused_with_advice(string message, string format, bool hasTokenizer, bool padsOnly)
    {
        var plan = Plan with { Format = ExampleFormats.Find(format)!, Tokenizer = hasTokenizer ? "o200k_base" : null, Packing = padsOnly ? new Packing { Megatron = true } : new Packing { Length = 128 } };
        var wrong = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, plan)).Diagnostics[0];
        Assert.Equal("IK2023", wrong.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("--", wrong.Hint + "'", StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    // A plan that samples every row of one window knows the lengths of the build.
    [Fact]
    public void A_plan_forecasts_what_packing_comes_to()
    {
        string[] arguments = ["--hold-out", "rte", "--tokenizer", "gpt2", "--format", "prompt-completion", "--pack", "512", "--json"];
        using var plan = JsonDocument.Parse(CliRun.Ok(["plan", .. arguments]).Output);
        using var build = JsonDocument.Parse(CliRun.Ok(["build", .. arguments, "--out", _scratch.At("out")]).Output);
        var forecast = plan.RootElement.GetProperty("sample").GetProperty("packing").EnumerateArray().ToDictionary(split => split.GetProperty("split").GetString()!);
        Assert.Equal(2, forecast.Count);
        foreach (var split in build.RootElement.GetProperty("packing").EnumerateArray())
        {
            var expected = forecast[split.GetProperty("split").GetString()!];
            // Other templates are sampled if other rows of a task are dropped, so it is an estimate even here.
            Assert.Equal(split.GetProperty("utilisation").GetDouble(), expected.GetProperty("utilisation").GetDouble(), 0.02);
            Assert.InRange(expected.GetProperty("sequences").GetInt64(), split.GetProperty("sequences").GetInt64() * 95 / 100, (split.GetProperty("sequences").GetInt64() * 105 / 100) + 1);
        }

        Assert.Matches(@"Packing train \(an estimate\): about [\d,]+ sequences, 9\d\.\d % filled\.", CliRun.Ok(["plan", .. arguments.SkipLast(1)]).Output);
    }

    [Fact]
    public void Texts_and_the_chosen_columns_can_stand_beside_packed_sequences()
    {
        var report = ToyTask.Build(_scratch, Plan with { Packing = new Packing { Length = 128 }, Also = [ExampleFormats.Default], Drop = ["position_ids"], ShardBytes = 2000 });
        var packed = report.Outputs.Where(file => file.IsPacked && file.Split == OutputSplit.Train).ToList();
        Assert.True(packed.Count > 1);
        foreach (var row in packed.SelectMany(file => Rows(_scratch.At(["out", .. file.Path.Split('/')]))))
            Assert.Equal(["input_ids", "labels", "segment_ids"], row.EnumerateObject().Select(member => member.Name));

        Assert.Equal(report.Examples(OutputSplit.Train), report.Outputs.Where(file => file.Split == OutputSplit.Train && !file.IsPacked).Sum(file => file.Rows));
        var card = File.ReadAllText(_scratch.At("out", "README.md"));
        Assert.Contains("{name: segment_ids, list: int64}", card, StringComparison.Ordinal);
        Assert.Contains("Packed: `train`", card, StringComparison.Ordinal);
    }

    // A token as + (trained on) or - and its id.
    private static string Encoded(string prompt, string completion)
    {
        var tokenizer = Tokenizers.Open("o200k_base");
        return string.Join(' ', [.. Ids(tokenizer, prompt).Select(id => $"-{id}"), .. Ids(tokenizer, completion).Append(EndOfText).Select(id => $"+{id}")]);
    }

    private static List<int> Ids(ITokenizer tokenizer, string text)
    {
        List<int> ids = [];
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);
        return ids;
    }

    private static IEnumerable<string> Examples(Sequence sequence)
    {
        Assert.Equal(sequence.Ids.Length, sequence.Labels.Length);
        Assert.Equal(sequence.Ids.Length, sequence.Positions.Length);
        Assert.Equal(sequence.Segments, sequence.Segments.Order());
        Assert.Equal(Enumerable.Range(1, sequence.Segments[^1]), sequence.Segments.Distinct());
        foreach (var example in Enumerable.Range(0, sequence.Ids.Length).GroupBy(i => sequence.Segments[i]))
        {
            Assert.Equal(Enumerable.Range(0, example.Count()), example.Select(i => sequence.Positions[i]));
            Assert.All(example, i => Assert.True(sequence.Labels[i] == -100 || sequence.Labels[i] == sequence.Ids[i]));
            yield return string.Join(' ', example.Select(i => string.Create(CultureInfo.InvariantCulture, $"{(sequence.Labels[i] == -100 ? '-' : '+')}{sequence.Ids[i]}")));
        }
    }

    private static List<JsonElement> Rows(string path) => [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];

    private static int[] Numbers(JsonElement row, string column) => [.. row.GetProperty(column).EnumerateArray().Select(number => number.GetInt32())];

    private static List<Sequence> Sequences(string path) =>
        [.. Rows(path).Select(row => new Sequence(Numbers(row, "input_ids"), Numbers(row, "labels"), Numbers(row, "position_ids"), Numbers(row, "segment_ids")))];

    // Only from the layout of Megatron-LM's index: magic, version, code, two counts, lengths, offsets, document indices.
    private static List<int[]> Megatron(string prefix, out int code)
    {
        var index = File.ReadAllBytes(prefix + ".idx").AsSpan();
        var data = File.ReadAllBytes(prefix + ".bin");
        Assert.Equal("MMIDIDX\0\0"u8, index[..9]);
        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(index[9..]));
        code = index[17];
        var sequences = (int)BinaryPrimitives.ReadUInt64LittleEndian(index[18..]);
        var documents = (int)BinaryPrimitives.ReadUInt64LittleEndian(index[26..]);
        Assert.Equal(sequences + 1, documents);
        Assert.Equal(34 + (12 * sequences) + (8 * documents), index.Length);
        List<int[]> read = [];
        var width = code == 8 ? 2 : 4;
        var end = 0L;
        for (var i = 0; i < sequences; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(index[(34 + (4 * i))..]);
            var offset = BinaryPrimitives.ReadInt64LittleEndian(index[(34 + (4 * sequences) + (8 * i))..]);
            Assert.Equal(end, offset);
            end += (long)length * width;
            var ids = new int[length];
            for (var j = 0; j < length; j++) ids[j] = width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan((int)offset + (2 * j))) : BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan((int)offset + (4 * j)));
            read.Add(ids);
            Assert.Equal(i, BinaryPrimitives.ReadInt64LittleEndian(index[(34 + (12 * sequences) + (8 * i))..]));
        }

        Assert.Equal(data.Length, end);
        Assert.Equal(sequences, BinaryPrimitives.ReadInt64LittleEndian(index[(34 + (20 * sequences))..]));
        return read;
    }

    private JsonElement Manifest(string folder) => JsonDocument.Parse(File.ReadAllBytes(_scratch.At(folder, ".instructkit", "manifest.json"))).RootElement;

    private sealed record Sequence(int[] Ids, int[] Labels, int[] Positions, int[] Segments);
}
