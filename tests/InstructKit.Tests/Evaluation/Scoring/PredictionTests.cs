using System.IO.Compression;
using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;
using Xunit;

namespace InstructKit.Tests.Evaluation.Scoring;

public sealed class PredictionTests
{
    [Theory]
    [InlineData("""{"id":"a","text":"x\ny"}""", "a|0:x\ny")]
    [InlineData("""{"text":"x","sample":3,"id":"a"}""", "a|3:x")]
    [InlineData("""{"id":"a","text":null}""", "a|0:")]
    [InlineData("""{"id":"a","loglikelihoods":[-1.5,-2],"tokens":[1,2],"unconditional":[-3,-4]}""", "a|-1.5,-2|1,2|-3,-4")]
    // lm-evaluation-harness: numbers are texts, including Python's; each request has a list of repetitions.
    [InlineData("""{"doc_id":0,"doc":{"id":"a","choices":["x","y"]},"target":"0","arguments":{},"resps":[[["-1.5","False"]],[["-inf","True"]]],"filtered_resps":[["-1.5","False"],["-inf","True"]],"filter":"none","acc":1.0}""", "a|-1.5,-∞||")]
    [InlineData("""{"doc":{"id":"a"},"filtered_resps":[[-1.5,false],[-2,true]]}""", "a|-1.5,-2||")]
    [InlineData("""{"doc":{"id":"a"},"resps":[["one","two"]],"filtered_resps":["one"]}""", "a|0:one 1:two")]
    [InlineData("""{"filtered_resps":["one"],"doc":{"input":"id","id":"a"}}""", "a|0:one")]
    // A batch response has its own id in addition to ours.
    [InlineData("""{"id":"batch_req_1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"one"}},{"index":1,"message":{"content":"two"}}],"usage":{"prompt_tokens":1}}},"error":null}""", "a|0:one 1:two")]
    [InlineData("""{"custom_id":"a","response":{"status_code":200,"body":{"choices":[{"text":"one","finish_reason":"stop"}]}},"error":null}""", "a|0:one")]
    [InlineData("""{"custom_id":"a","response":null,"error":{"code":"expired"}}""", "a|failed")]
    [InlineData("""{"custom_id":"a","response":{"status_code":500,"body":{"error":"x"}},"error":null}""", "a|failed")]
    public void Every_form_is_read(string line, string expected) => Assert.Equal(expected, Describe(line));

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"text":"x"}""", "no id")]
    [InlineData("""{"id":"a"}""", "neither a text nor log-likelihoods")]
    [InlineData("""{"id":"a","text":"x","loglikelihoods":[-1]}""", "both")]
    [InlineData("""{"id":1,"text":"x"}""", "the id is not a text")]
    [InlineData("""{"id":"a","sample":-1,"text":"x"}""", "sample")]
    [InlineData("""{"id":"a","loglikelihoods":["one"]}""", "not a number")]
    [InlineData("""{"custom_id":"a","response":{"status_code":200,"body":{"choices":null,"usage":{}}},"error":null}""", "neither a text nor log-likelihoods")]
    [InlineData("""{"custom_id":"a","response":{"status_code":200,"body":{"choices":[{"message":null}]}},"error":null}""", "neither a text nor log-likelihoods")]
    [InlineData("""{"id":"a","text":"x"} {}""", "")]
    [InlineData("""{"id":"a","text":"x""", "")]
    public void What_is_no_prediction_is_refused_with_a_reason(string line, string reason)
    {
        var wrong = new Prediction().Read(Encoding.UTF8.GetBytes(line));
        Assert.NotNull(wrong);
        Assert.Contains(reason, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_doubled_and_foreign_ids_are_errors_with_counts()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var all = ToySets.Predictions();

        var missing = Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, all.Where(line => !line.Contains("multi:test:2", StringComparison.Ordinal)))).Diagnostics[0];
        Assert.Equal(ScoreCodes.Incomplete, missing.Code);
        Assert.Contains("1 of 17 rows have no prediction, such as multi:test:2:m:0", missing.Message, StringComparison.Ordinal);

        var doubled = Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, all.Concat(all.Take(2)))).Diagnostics[0];
        Assert.Contains("2 predictions are doubled", doubled.Message, StringComparison.Ordinal);

        var foreign = Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, [.. all, """{"id":"elsewhere:1","text":"x"}"""])).Diagnostics[0];
        Assert.Contains("1 predictions are of rows that are in no set, such as elsewhere:1", foreign.Message, StringComparison.Ordinal);

        var report = ToySets.Score(scratch, [.. all.Where(line => !line.Contains("multi:test:2", StringComparison.Ordinal)), """{"id":"elsewhere:1","text":"x"}"""], request => request with { Partial = true });
        Assert.Equal(new Coverage(17, 16, 0, 1, 0), report.Coverage);
        Assert.Equal(4, report.Variants[0].Tasks[1].Templates[0].Expected);
    }

    [Fact]
    public void A_tree_of_which_nothing_was_answered_is_left_out_and_said()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var report = ToySets.Score(scratch, ToySets.Predictions().Where(line => !line.Contains(":dev:", StringComparison.Ordinal)));
        Assert.Equal(["dev"], report.Unanswered);
        Assert.Null(report.Variants[0].Tasks[0].Primary.BestDev);
        Assert.Equal(13, report.Coverage.Rows);
    }

    [Fact]
    public void Listed_ids_are_left_out_of_everything()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var list = scratch.Write("ids.txt", "multi:test:1:m:0\r\n\n{\"id\":\"say:test:2:s:0\"}\n");
        var report = ToySets.Score(scratch, ToySets.Predictions(), request => request with { ExcludeIds = list });
        Assert.Equal((15L, 2L), (report.Coverage.Rows, report.Coverage.Excluded));
        Assert.Equal([100, 75], report.Variants[0].Tasks.Skip(1).Select(task => task.Primary.Mean.Value));
    }

    [Fact]
    public void A_number_that_a_normalisation_needs_is_asked_for()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var ranked = Ranked("""[-1,-2]""");
        Assert.Equal(200.0 / 3, ToySets.Score(scratch, ranked).Variants[0].Tasks[0].Primary.Mean.Value, 1e-9);
        foreach (var normalization in new[] { RankNormalization.PerToken, RankNormalization.Unconditional })
        {
            var found = Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, ranked, request => request with { Normalizations = [normalization], Jobs = 1 })).Diagnostics[0];
            Assert.Equal(ScoreCodes.MissingNumber, found.Code);
            Assert.Contains("colour:test:0:t1:0", found.Message, StringComparison.Ordinal);
        }

        Assert.Contains("3 log-likelihoods for 2 options", Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, Ranked("[-1,-2,-3]"))).Diagnostics[0].Message, StringComparison.Ordinal);
        // The harness's acc_mutual_info asks for every option once more without the input: -1 - (-0.5) against -2 - (-4).
        Assert.Equal(100.0 / 3, ToySets.Score(scratch, Ranked("[-1,-2,-0.5,-4]"), request => request with { Normalizations = [RankNormalization.Unconditional] }).Variants[0].Tasks[0].Primary.Mean.Value, 1e-9);
        // Per character: -1 / 3 against -1.2 / 4.
        Assert.Equal(100.0 / 3, ToySets.Score(scratch, Ranked("[-1,-1.2]"), request => request with { Normalizations = [RankNormalization.PerCharacter] }).Variants[0].Tasks[0].Primary.Mean.Value, 1e-9);
    }

    [Fact]
    public void Folders_packed_files_and_any_number_of_threads_give_the_same_report()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var expected = Json(ToySets.Score(scratch, ToySets.Predictions()));
        Assert.Equal(expected, Json(ToySets.Score(scratch, ToySets.Predictions().AsEnumerable().Reverse(), request => request with { Jobs = 7 })));

        scratch.Write("runs/model/samples_a.jsonl", string.Join('\n', ToySets.Predictions().Take(9)));
        scratch.Write("runs/model/samples_b.jsonl", string.Join('\n', ToySets.Predictions().Skip(9)));
        scratch.Write("runs/model/notes.jsonl", "not a prediction");
        Assert.Equal(expected, Json(ToySets.Score(scratch, [], request => request with { Predictions = [scratch.At("runs")] })));

        using (var file = File.Create(scratch.At("p.jsonl.gz")))
        using (var packed = new GZipStream(file, CompressionLevel.Fastest)) packed.Write(Encoding.UTF8.GetBytes(string.Join('\n', ToySets.Predictions())));

        Assert.Equal(expected, Json(ToySets.Score(scratch, [], request => request with { Predictions = [scratch.At("p.jsonl.gz")] })));
    }

    private static List<string> Ranked(string loglikelihoods) =>
        [.. ToySets.Predictions().Where(line => line.Contains("colour", StringComparison.Ordinal)).Select(line => $$"""{"id":"{{line.Split('"')[3]}}","loglikelihoods":{{loglikelihoods}}}"""),
            .. ToySets.Predictions().Where(line => !line.Contains("colour", StringComparison.Ordinal))];

    private static string Json(ScoreReport report) => Encoding.UTF8.GetString(ScoreJson.Write(report));

    private static string Describe(string line)
    {
        var prediction = new Prediction();
        Assert.Null(prediction.Read(Encoding.UTF8.GetBytes(line)));
        var id = Encoding.UTF8.GetString(prediction.Id);
        if (prediction.IsFailed) return $"{id}|failed";
        return prediction.IsRanked
            ? FormattableString.Invariant($"{id}|{Join(prediction.LogLikelihoods.ToArray())}|{Join(prediction.Tokens.ToArray().Select(token => (double)token))}|{Join(prediction.Unconditional.ToArray())}")
            : $"{id}|{string.Join(' ', Enumerable.Range(0, prediction.Texts).Select(i => $"{prediction.SampleOf(i)}:{Encoding.UTF8.GetString(prediction.BytesOf(i))}"))}";
    }

    private static string Join(IEnumerable<double> numbers) =>
        string.Join(',', numbers.Select(number => double.IsNegativeInfinity(number) ? "-∞" : number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
