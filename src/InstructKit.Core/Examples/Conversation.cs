using InstructKit.Tasks;

namespace InstructKit.Examples;

/// <summary>Which turns of the model are trained on.</summary>
public enum TurnTraining
{
    /// <summary>All except those that the row marks as not trained on (<c>train: false</c>, <c>weight: 0</c>, <c>loss_mask: 0</c>…).</summary>
    Marked,

    /// <summary>All.</summary>
    All,

    /// <summary>The last one.</summary>
    Last,
}

/// <summary>How reasoning before the last question is handled, which chat templates of reasoning models omit at inference time.</summary>
public enum ReasoningHistory
{
    /// <summary>It is kept.</summary>
    Keep,

    /// <summary>It is omitted.</summary>
    Drop,

    /// <summary>Each question yields a separate example, with the turns before it as history without reasoning and the turns after it trained on.</summary>
    Unroll,
}

/// <summary>How conversations become examples.</summary>
public sealed record ConversationRules
{
    /// <summary>Which turns of the model are trained on.</summary>
    public TurnTraining Training { get; init; }

    /// <summary>How reasoning before the last question is handled.</summary>
    public ReasoningHistory History { get; init; }

    /// <summary>True to omit all reasoning.</summary>
    public bool DropsReasoning { get; init; }
}

/// <summary>The turns of an example in the common form of all sources and formats: texts are plain UTF-8, calls, tools and
/// parts are the source's JSON, on one line. One per worker; every example overwrites the previous one.</summary>
internal sealed class Conversation
{
    private readonly Utf8Output _text = new();
    private readonly List<TurnEntry> _turns = [];
    private (int Start, int End) _tools;
    private (int Start, int End) _images;
    private int _from;
    private bool _hidesHistory;
    private int _trainedFrom;

    /// <summary>Number of turns of the example; the last one is the model's.</summary>
    public int Count { get; private set; }

    /// <summary>What was lost.</summary>
    public ExampleLoss Losses { get; set; }

    /// <summary>Losses of the chat template that rendered it last.</summary>
    public ExampleLoss RenderLosses { get; set; }

    /// <summary>Losses in a record, in addition to those recorded by writers of turns.</summary>
    /// <param name="form">The record's form of turns.</param>
    /// <param name="hasTools">True if there is a place for tools.</param>
    /// <param name="hasImages">True if there is a place for images.</param>
    public ExampleLoss LossesIn(TurnForm form, bool hasTools, bool hasImages)
    {
        var losses = Losses;
        if (!hasTools && !Tools.IsEmpty) losses |= ExampleLoss.Tools;
        if (!hasImages && !Images.IsEmpty) losses |= ExampleLoss.Media;
        if (form == TurnForm.Turns) return losses;

        for (var i = 0; i < Count; i++)
        {
            if (form == TurnForm.Flat) losses |= LossesInText(this[i], isLast: i + 1 == Count);
            else if (this[i].HasPartMarks) losses |= ExampleLoss.FineMarks;
        }

        return form == TurnForm.Rendered ? losses | RenderLosses : losses;
    }

    internal static ExampleLoss LossesInText(Turn turn, bool isLast)
    {
        var losses = turn.HasMedia ? ExampleLoss.Media : ExampleLoss.None;
        if (turn.HasPartMarks) losses |= ExampleLoss.FineMarks;
        if (!turn.Calls.IsEmpty) losses |= ExampleLoss.ToolCalls;
        if (!turn.Name.IsEmpty && turn.Role != TurnRole.Tool) losses |= ExampleLoss.Names;
        if (!turn.CallId.IsEmpty || (!turn.Name.IsEmpty && turn.Role == TurnRole.Tool)) losses |= ExampleLoss.CallIds;
        if (turn.IsTrained && !isLast) losses |= ExampleLoss.EarlierReplies;
        if (!turn.IsTrained && isLast) losses |= ExampleLoss.TurnMarks;
        return losses;
    }

    /// <summary>JSON of the tools; empty for none.</summary>
    public ReadOnlySpan<byte> Tools => _text.Written[_tools.Start.._tools.End];

    /// <summary>JSON of the images; empty for none.</summary>
    public ReadOnlySpan<byte> Images => _text.Written[_images.Start.._images.End];

    /// <summary>A turn by its position.</summary>
    public Turn this[int index] => new(_turns[index], _text.Written, hidesReasoning: _hidesHistory && index < _from, isTrained: _turns[index].IsTrained && index >= _trainedFrom);

    /// <summary>All turns read, including those not in the example.</summary>
    internal List<TurnEntry> Entries => _turns;

    /// <summary>The buffer referenced by entries.</summary>
    internal Utf8Output Buffer => _text;

    /// <summary>Empties it.</summary>
    public void Reset()
    {
        _text.Length = 0;
        _turns.Clear();
        (_tools, _images, Count, Losses) = (default, default, 0, ExampleLoss.None);
        (_from, _trainedFrom, _hidesHistory, RenderLosses) = (0, 0, false, ExampleLoss.None);
    }

    internal void SetTools((int Start, int End) tools) => _tools = tools;

    internal void SetImages((int Start, int End) images) => _images = images;

    /// <summary>Creates the example from the first turns.</summary>
    /// <param name="count">Number of turns.</param>
    /// <param name="question">Position of the last question.</param>
    /// <param name="hidesHistory">True to omit the reasoning before it.</param>
    /// <param name="trainsBehind">True to train only on turns after it.</param>
    internal void Show(int count, int question, bool hidesHistory, bool trainsBehind) =>
        (Count, _from, _hidesHistory, _trainedFrom) = (count, question, hidesHistory, trainsBehind ? question : 0);

    /// <summary>True when some turn of the example is trained on.</summary>
    internal bool IsTrained
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (this[i].IsTrained) return true;
            }

            return false;
        }
    }

    /// <summary>True when its own system text precedes the turns.</summary>
    internal bool BeginsWithSystem => Count > 1 && this[0].Role == TurnRole.System;

    /// <summary>The text before the last turn: a system text, then the turns, with the speakers' names unless there is a single
    /// question.</summary>
    internal void AppendHistory(Utf8Output output)
    {
        var first = 0;
        if (BeginsWithSystem)
        {
            AppendSaid(this[0], output);
            if (Count > 2) output.AppendText("\n\n");
            first = 1;
        }

        var isSingle = Count - 1 - first == 1 && this[first].Role == TurnRole.User;
        for (var i = first; i < Count - 1; i++)
        {
            if (i > first) output.AppendText("\n\n");
            if (!isSingle) output.AppendText(this[i].Role switch { TurnRole.System => "System: ", TurnRole.User => "User: ", TurnRole.Assistant => "Assistant: ", _ => "Tool: " });
            AppendSaid(this[i], output);
        }
    }

    /// <summary>A turn as one text: reasoning in think tags, text, calls.</summary>
    internal static void AppendSaid(Turn turn, Utf8Output output)
    {
        turn.AppendInline(output);
        if (turn.Calls.IsEmpty) return;

        if (!turn.Text.IsEmpty) output.AppendText("\n");
        output.AppendText(turn.Calls);
    }
}

/// <summary>The form of a conversation's turns in a record.</summary>
internal enum TurnForm
{
    /// <summary>Turns.</summary>
    Turns,

    /// <summary>The text rendered by a chat template.</summary>
    Rendered,

    /// <summary>The turns before the last one, and the last one, as texts.</summary>
    Flat,
}

/// <summary>Locations of the parts of a turn.</summary>
internal struct TurnEntry
{
    public TurnRole Role;
    public (int Start, int End) Text;
    public (int Start, int End) Whole;
    public (int Start, int End) Reasoning;
    public (int Start, int End) Parts;
    public (int Start, int End) Calls;
    public (int Start, int End) CallId;
    public (int Start, int End) Name;
    public bool IsTrained;
    public bool HasMedia;
    public bool HasPartMarks;
}

/// <summary>One turn.</summary>
internal readonly ref struct Turn(TurnEntry entry, ReadOnlySpan<byte> buffer, bool hidesReasoning, bool isTrained)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;

    /// <summary>The role.</summary>
    public TurnRole Role => entry.Role;

    /// <summary>The text, plain UTF-8, without the reasoning.</summary>
    public ReadOnlySpan<byte> Text => Of(entry.Text);

    /// <summary>The reasoning, plain UTF-8; empty for none.</summary>
    public ReadOnlySpan<byte> Reasoning => hidesReasoning ? [] : Of(entry.Reasoning);

    /// <summary>JSON of the content if it has parts other than texts, or kept marks of parts; empty otherwise.</summary>
    public ReadOnlySpan<byte> Parts => Of(entry.Parts);

    /// <summary>True if some part is not a text.</summary>
    public bool HasMedia => entry.HasMedia;

    /// <summary>True if some parts are trained on and others are not.</summary>
    public bool HasPartMarks => entry.HasPartMarks;

    /// <summary>JSON of the calls; empty for none.</summary>
    public ReadOnlySpan<byte> Calls => Of(entry.Calls);

    /// <summary>The call that a result answers; empty if unknown.</summary>
    public ReadOnlySpan<byte> CallId => Of(entry.CallId);

    /// <summary>The name of the speaker or the tool; empty for none.</summary>
    public ReadOnlySpan<byte> Name => Of(entry.Name);

    /// <summary>True if the turn is trained on.</summary>
    public bool IsTrained => isTrained;

    /// <summary>Text and reasoning combined: as in the source if combined there, otherwise the reasoning in think tags before the text.</summary>
    public void AppendInline(Utf8Output output)
    {
        if (Reasoning.IsEmpty)
        {
            output.AppendText(Text);
        }
        else if (entry.Whole.End > entry.Whole.Start)
        {
            output.AppendText(Of(entry.Whole));
        }
        else
        {
            output.AppendText("<think>\n");
            output.AppendText(Reasoning);
            output.AppendText("\n</think>\n\n");
            output.AppendText(Text);
        }
    }

    private ReadOnlySpan<byte> Of((int Start, int End) range) => _buffer[range.Start..range.End];
}
