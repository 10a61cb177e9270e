using System.Text.RegularExpressions;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Tasks;

/// <summary>Difficult rows of the published files, and how the shipped templates render rows.</summary>
public sealed partial class CatalogueRowTests : IDisposable
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private readonly ScratchFolder _scratch = new();

    // A closing mark, a quotation mark and another mark: the text has its own stop and the template adds one. Two stops in a row, likewise.
    [GeneratedRegex("""[.!?]["”][.,;?!]|(?<!\.)\.\.(?!\.)""")]
    private static partial Regex DoubledMark { get; }

    public static TheoryData<string> Tasks => [.. Shipped.Tasks.Keys];

    public void Dispose() => _scratch.Dispose();

    // Words are counted from 0 and separated by white space. One index of the published validation file is one too low.
    [Theory]
    [InlineData("The dog saw Ann when she came.", 5, "she", "The dog saw Ann when *she* came.")]
    [InlineData("The dog saw Ann when she came.", 4, "she", "The dog saw Ann when *she* came.")]
    [InlineData("\\\"She's late,\\\" he said.", 0, "She", "\"*She*'s late,\" he said.")]
    [InlineData("The men then said that he left.", 5, "he", "The men then said that *he* left.")]
    [InlineData("The men then said that he left.", 1, "he", null)] // "he" is in "then", which is a different word
    [InlineData("The dog saw Ann when she came.", 1, "she", null)]
    [InlineData("The dog saw Ann when she came.", 7, "she", null)]
    [InlineData("The dog saw Ann when she came.", -1, "she", null)]
    public void A_pronoun_of_Wsc_is_marked_where_it_is_and_a_row_without_it_is_dropped(string text, int index, string pronoun, string? marked)
    {
        _scratch.Write("wsc/val.jsonl", $$$"""{"text": "{{{text}}}", "target": {"span1_index": 0, "span1_text": "x", "span2_index": {{{index}}}, "span2_text": "{{{pronoun}}}"}, "idx": 0, "label": true}""" + "\n");
        var row = Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get("wsc"), _scratch.Path, "superglue", "validation"));
        Assert.Equal(marked is null ? "pronoun_not_found" : "kept", row.Verdict);
        if (marked is not null) Assert.Contains($"stands-for: {marked}\n", string.Join('\n', row.Parts), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_comma_divides_the_candidates_of_a_pronoun()
    {
        _scratch.Write("dpr/train.c.txt", "Ann told Smith, Jr. that he was late.\nhe\nAnn,Smith, Jr.\nSmith, Jr.\n\nBob fed Rex before he slept.\nhe\nBob, Rex\nBob\n\n");
        var rows = CanonicalRow.ReadAll(Shipped.Tasks.Get("definite_pronoun_resolution"), _scratch.Path, "c_txt", "train");
        Assert.Equal(["['Ann', 'Smith, Jr.']", "['Bob', 'Rex']"], rows.Select(row => row.Columns["candidates"]));
        Assert.Equal(["answer: Smith, Jr.", "answer: Bob"], rows.Select(row => row.Parts[1]));
    }

    // The loaders skip rows without all fields; as tab-separated values they would be errors.
    [Theory]
    [InlineData("glue", "qqp/train.tsv")]
    [InlineData("glue_folder", "qqp/QQP/train.tsv")]
    public void Rows_of_Qqp_that_lack_fields_are_dropped_with_a_reason(string layout, string path)
    {
        _scratch.Write(path, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tHow \"\"old\"\"?\t What age?\t1\n4\t5\t6\tHow far?\nand why?\t0\n7\t8\t9\tHow so?\tWhy?\n10\t11\t12\t\tWhy?\t0\n13\t14\t15\tWho?\tWhy?\t0\n");
        var rows = CanonicalRow.ReadAll(Shipped.Tasks.Get("glue_qqp"), _scratch.Path, layout, "train");
        Assert.Equal(["kept", "short_row", "short_row", "short_row", "empty_question", "kept"], rows.Select(row => row.Verdict));
        Assert.Equal("How 'old'? What age? 1", $"{rows[0].Columns["question1"]} {rows[0].Columns["question2"]} {rows[0].Columns["label"]}");
    }

    [Theory]
    [InlineData("None of the above choices .", false)]
    [InlineData("none of the above", false)]
    [InlineData("She missed the bus .", true)]
    public void An_answer_that_rejects_the_choices_is_not_quoted_by_inverse_templates(string answer, bool quoted)
    {
        _scratch.Write("cosmos_qa/valid.csv", $"id,context,question,answer0,answer1,answer2,answer3,label\n1,A walk .,Why walk ?,a,{answer},b,c,1\n");
        var row = Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get("cosmos_qa"), _scratch.Path, "release", "validation"));
        var inverse = Shipped.Tasks.Get("cosmos_qa").Templates.Where(template => template.Kind == TemplateKind.Inverse).Select(template => template.Id).ToList();
        Assert.Equal(2, inverse.Count);
        Assert.All(inverse, id => Assert.Equal(quoted, row.Parts.Single(part => part.StartsWith(id + ": ", StringComparison.Ordinal)).Contains(answer, StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_a_fact_the_wrong_choices_of_OpenBookQA_are_asked_for_with_the_choices_in_sight()
    {
        _scratch.Write(
            "openbookqa/Main/train.jsonl",
            """{"question": {"stem": "Sand is", "choices": [{"text": "hot", "label": "A"}, {"text": "wet", "label": "B"}, {"text": "dry", "label": "C"}]}, "answerKey": "B"}""" + "\n");
        var row = Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get("openbookqa"), _scratch.Path, "main", "train"));
        var part = row.Parts.Single(one => one.StartsWith("state-the-fact: ", StringComparison.Ordinal));
        Assert.Contains("OPTIONS:\n- hot\n- wet\n- dry\n", part, StringComparison.Ordinal);
        Assert.EndsWith("\n=>\nhot; dry", part, StringComparison.Ordinal);
    }

    // One answer in train, those of all validators in validation; two spans of one answer look like two answers.
    [Theory]
    [InlineData("train", """["Ann", "Bob"]""", "span", "Ann, Bob")]
    [InlineData("validation", """["Ann", "Bob", "Ann", "Bob"]""", "span", "Ann, Bob")]
    [InlineData("validation", """["Ann", "Bob", "Bob"]""", "span", "Bob")]
    [InlineData("validation", """["6", "7"]""", "number", "6")]
    [InlineData("validation", """["6", "7", "7"]""", "number", "7")]
    [InlineData("validation", "[]", "span", null)]
    public void No_answer_of_Drop_is_lost_on_the_hub(string split, string spans, string type, string? answer)
    {
        var types = string.Join(", ", Enumerable.Repeat($"\"{type}\"", spans == "[]" ? 0 : spans.Split(',').Length));
        _scratch.Write($"drop/{split}.jsonl", $$$"""{"passage": "p", "question": "q", "answers_spans": {"spans": {{{spans}}}, "types": [{{{types}}}]}}""" + "\n");
        var row = Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get("drop"), _scratch.Path, "hub_export", split));
        Assert.Equal(answer is null ? "no_answer" : "kept", row.Verdict);
        if (answer is not null) Assert.Contains($"answer: {answer}", row.Parts);
    }

    [Theory]
    [InlineData("winogrande", "winogrande_1.1", "train_xl", "winogrande/train_xl.jsonl", """{"sentence": "The cup fell.", "option1": "a", "option2": "b", "answer": "1"}""", "no_blank")]
    [InlineData("winogrande", "winogrande_1.1", "train_xl", "winogrande/train_xl.jsonl", """{"sentence": "The _ fell.", "option1": "a", "option2": "b", "answer": "1"}""", "kept")]
    [InlineData("math_dataset", "release", "test", "math_dataset/interpolate/algebra__linear_1d.txt", "What is 2 + 2?\n4", "other_question")]
    [InlineData("math_dataset", "release", "test", "math_dataset/interpolate/algebra__linear_1d.txt", "Solve 2*k = 4 for k.\n2", "kept")]
    [InlineData("e2e_nlg", "challenge", "validation", "e2e_nlg/devset.csv", "mr,ref\n\"eatType[pub], area[city]\",A pub.", "no_name")]
    public void A_row_that_templates_cannot_take_apart_is_dropped_with_a_reason(string task, string layout, string split, string path, string content, string verdict)
    {
        _scratch.Write(path, content + "\n");
        Assert.Equal(verdict, Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get(task), _scratch.Path, layout, split)).Verdict);
    }

    [Fact]
    public void The_name_of_a_venue_is_found_wherever_it_is()
    {
        _scratch.Write("e2e_nlg/devset.csv", "mr,ref\n\"eatType[pub], name[The Old Mill], area[city]\",A pub.\n");
        var row = Assert.Single(CanonicalRow.ReadAll(Shipped.Tasks.Get("e2e_nlg"), _scratch.Path, "challenge", "validation"));
        Assert.Contains("complete-the-review-page: The Old Mill\n(eatType=pub, area=city)\n\nAbout us:\n=>\nA pub.", row.Parts);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void No_template_adds_a_mark_to_a_text_that_ends_in_one(string name)
    {
        var task = Shipped.Tasks.Get(name);
        var data = new TaskLocator([RepositoryRoot.At("samples", "data")]).FindAll(task)[0];
        foreach (var row in data.Splits.Keys.SelectMany(split => CanonicalRow.ReadAll(task, RepositoryRoot.At("samples", "data"), data.Layout.Name, split)).Where(row => row.Verdict == "kept"))
        {
            var own = string.Join('\n', row.Columns.Values.Concat(row.Parts.Take(3)));
            foreach (var part in row.Parts.Skip(3))
                Assert.DoesNotContain(DoubledMark.Matches(part), match => !own.Contains(match.Value, StringComparison.Ordinal));
        }
    }
}
