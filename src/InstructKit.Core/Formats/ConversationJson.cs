using InstructKit.Examples;
using InstructKit.Tasks;

namespace InstructKit.Formats;

/// <summary>The messages of a conversation in the form chat templates expect: nothing is null, arguments of calls are objects.</summary>
internal static class ConversationJson
{
    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    /// <summary>Appends the JSON of the first turns.</summary>
    /// <param name="count">Number of turns.</param>
    /// <param name="system">A system text for a conversation without one; null for none.</param>
    /// <param name="form">Where the reasoning is placed.</param>
    public static void Append(Conversation turns, int count, SharedText? system, ReasoningForm form, Utf8Output json)
    {
        json.AppendRaw("["u8);
        if (system is not null && (turns.Count == 0 || turns[0].Role != TurnRole.System))
        {
            json.AppendRaw("{\"role\":\"system\",\"content\":\""u8);
            json.AppendRaw(system.Escaped.Bytes);
            json.AppendRaw(count > 0 ? "\"},"u8 : "\"}"u8);
        }

        for (var i = 0; i < count; i++)
        {
            if (i > 0) json.AppendRaw(","u8);
            Append(turns[i], form, json);
        }

        json.AppendRaw("]"u8);
    }

    private static void Append(Turn turn, ReasoningForm form, Utf8Output json)
    {
        json.JsonEscaped = true;
        json.AppendRaw("{\"role\":\""u8);
        json.AppendText(Roles[(int)turn.Role]);
        json.AppendRaw("\",\"content\":"u8);
        if (turn.HasMedia)
        {
            json.AppendRaw(turn.Parts);
        }
        else
        {
            json.AppendRaw("\""u8);
            if (form == ReasoningForm.Inline) turn.AppendInline(json);
            else json.AppendText(turn.Text);
            json.AppendRaw("\""u8);
        }

        if (form is ReasoningForm.ReasoningContent or ReasoningForm.Thinking || (form == ReasoningForm.Inline && turn.HasMedia)) Member(form == ReasoningForm.Thinking ? ",\"thinking\":\""u8 : ",\"reasoning_content\":\""u8, turn.Reasoning, json);
        if (!turn.Calls.IsEmpty)
        {
            json.AppendRaw(",\"tool_calls\":"u8);
            ToolCallText.AppendWithObjects(turn.Calls, json);
        }

        Member(",\"tool_call_id\":\""u8, turn.CallId, json);
        Member(",\"name\":\""u8, turn.Name, json);
        json.AppendRaw("}"u8);
    }

    private static void Member(ReadOnlySpan<byte> head, ReadOnlySpan<byte> text, Utf8Output json)
    {
        if (text.IsEmpty) return;

        json.AppendRaw(head);
        json.AppendText(text);
        json.AppendRaw("\""u8);
    }
}
