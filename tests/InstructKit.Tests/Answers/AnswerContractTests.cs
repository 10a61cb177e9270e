using InstructKit.Answers;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Answers;

public sealed class AnswerContractTests
{
    private static readonly string[] Nli = ["Yes", "It's impossible to say", "No"];

    [Theory]
    [InlineData(OptionMatch.Exact, "Yes", 0)]
    [InlineData(OptionMatch.Exact, "  No \n", 2)]
    [InlineData(OptionMatch.Exact, "No\nQ: and then?", 2)]
    [InlineData(OptionMatch.Exact, "yes", -1)]
    [InlineData(OptionMatch.Exact, "Yes.", -1)]
    [InlineData(OptionMatch.Exact, "", -1)]
    [InlineData(OptionMatch.Lenient, "**yes.**", 0)]
    [InlineData(OptionMatch.Lenient, "it’s impossible to say", -1)]
    [InlineData(OptionMatch.Lenient, "The answer is yes", -1)]
    [InlineData(OptionMatch.Contained, "The answer is yes, clearly.", 0)]
    [InlineData(OptionMatch.Contained, "Yes or no", -1)]
    [InlineData(OptionMatch.Contained, "Nobody knows", -1)]
    [InlineData(OptionMatch.Contained, "Well, it's impossible to say.", 1)]
    public void An_option_is_found(OptionMatch match, string text, int option)
    {
        var found = Extract(new AnswerContract(AnswerFormat.Option, match), text, Nli);
        Assert.Equal((option, option >= 0), (found.Option, found.IsValid));
        if (option >= 0) Assert.Equal(Nli[option], found.Text);
    }

    [Fact]
    public void The_longer_of_nested_options_covers_the_shorter() =>
        Assert.Equal(1, Extract(new AnswerContract(AnswerFormat.Option, OptionMatch.Contained), "I'd say not possible", ["possible", "not possible"]).Option);

    [Fact]
    public void An_option_of_two_lines_is_found_whole() =>
        Assert.Equal(1, Extract(new AnswerContract(AnswerFormat.Option), "a\nb\n", ["a", "a\nb"]).Option);

    [Theory]
    [InlineData(AnswerFormat.Text, " a\nb ", "a\nb")]
    [InlineData(AnswerFormat.Line, "\n\n a \nb", "a")]
    [InlineData(AnswerFormat.Line, "a\r\nb", "a")]
    [InlineData(AnswerFormat.Number, "It costs 1,234.50 in all.", "1234.50")]
    [InlineData(AnswerFormat.Number, "from 3-5 to -7", "-7")]
    [InlineData(AnswerFormat.Number, "3-5", "5")]
    [InlineData(AnswerFormat.Number, "around .5", ".5")]
    [InlineData(AnswerFormat.Number, "none", "")]
    public void A_text_is_read_as_its_format_says(AnswerFormat format, string text, string answer)
    {
        var found = Extract(new AnswerContract(format), text, []);
        Assert.Equal((answer, answer.Length > 0), (found.Text, found.IsValid));
    }

    [Fact]
    public void Stops_cut_before_the_pattern_looks_and_its_last_match_counts()
    {
        var contract = new AnswerContract(AnswerFormat.Number, stops: ["\nQ:"], pattern: "#### (.+)");
        Assert.Equal("42", Extract(contract, "é 1 #### 41\n#### 42\nQ: more\n#### 43", []).Text);
        Assert.False(Extract(contract, "42", []).IsValid);
    }

    [Fact]
    public void A_template_goes_before_its_task_and_both_before_the_defaults()
    {
        const string yaml = """
            task: t
            title: T
            columns: { text: string, label: int }
            layouts: [ { name: plain, format: jsonl, files: { train: train.jsonl } } ]
            splits: { train: train }
            options: [ "yes", "no" ]
            answer: "options[label]"
            metrics: [ accuracy ]
            extract: { match: lenient, stop: "###" }
            templates:
              - { id: a, input: "{{ text }}", target: "{{ answer }}" }
              - { id: b, input: "{{ text }}?", target: "{{ answer }}", answer_format: line, extract: { stop: [ "Q:", "A:" ] } }
              - { id: c, kind: inverse, input: "{{ answer }}", target: "{{ text }}" }
            """;
        using var folder = new ScratchFolder();
        var files = new TaskFiles();
        files.AddOwn(folder.Write("t.yaml", yaml));
        var task = files.Get("t");
        var contracts = task.Templates.Select(template => AnswerContract.Of(task, template)).ToList();
        Assert.Equal([AnswerFormat.Option, AnswerFormat.Line, AnswerFormat.Text], contracts.Select(contract => contract.Format));
        Assert.All(contracts, contract => Assert.Equal(OptionMatch.Lenient, contract.Match));
        Assert.Equal([["###"], ["Q:", "A:"], ["###"]], contracts.Select(contract => contract.Stops));
    }

    private static (string Text, int Option, bool IsValid) Extract(AnswerContract contract, string text, string[] options)
    {
        var found = contract.Extract(Encoding.UTF8.GetBytes(text), [.. options.Select(option => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(option))]);
        return (Encoding.UTF8.GetString(found.Text), found.Option, found.IsValid);
    }
}
