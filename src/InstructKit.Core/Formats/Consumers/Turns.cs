using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>A conversation: a list of objects with a role and a content each.</summary>
internal sealed class Turns : Shape
{
    private readonly byte[] _roleKey = "role"u8.ToArray();
    private readonly byte[] _contentKey = "content"u8.ToArray();
    private readonly Words _roles = new();
    private readonly Words? _keys;
    private readonly Field[] _others = [];

    /// <summary>Key of a turn's role and key of its content.</summary>
    public (string Role, string Content) Keys
    {
        init => (_roleKey, _contentKey) = (Encoding.UTF8.GetBytes(value.Role), Encoding.UTF8.GetBytes(value.Content));
    }

    /// <summary>The roles known to the consumer; empty for any.</summary>
    public required string[] Roles
    {
        init => _roles = new Words(value);
    }

    /// <summary>Minimum number of turns.</summary>
    public int Least { get; init; } = 1;

    /// <summary>The shape of a content.</summary>
    public Shape Content { get; init; } = TextOrParts;

    /// <summary>The shape of a turn's tool calls; a turn with one needs no content. Null if the consumer has none.</summary>
    public Shape? Calls { get; init; } = ToolCalls;

    /// <summary>Other, optional members of a turn.</summary>
    public Field[] Others
    {
        init => _others = value;
    }

    /// <summary>All allowed keys of a turn; empty for any.</summary>
    public string[] OnlyKeys
    {
        init => _keys = new Words(value);
    }

    /// <summary>Content as a string, or as a list of parts with a type; a text part has its text under <c>text</c>.</summary>
    public static Shape TextOrParts { get; } = Either(AnyText, ListOf(Record(Required("type", FilledText)).Also(CheckPart), 1));

    /// <summary>Calls of functions: <c>{"type":"function","function":{"name":…,"arguments":…}}</c>, or just the function's object.</summary>
    public static Shape ToolCalls { get; } = CallsWith(Either(AnyObject, AnyText));

    /// <summary>Calls of functions whose arguments have this shape.</summary>
    public static Shape CallsWith(Shape arguments)
    {
        var shape = Record(Required("name", FilledText), Required("arguments", arguments));
        return ListOf(AnyObject.Also((check, call) =>
        {
            var function = call.Find("function"u8);
            if (!function.IsAbsent) shape.Check(check, function);
            else if (call.Find("name"u8).IsAbsent) Missing(check, call, function, "function");
            else shape.Check(check, call);
        }));
    }

    public override string What => "a list of messages";

    public override bool Takes(JsonNode value) => value.IsList;

    protected internal override void Inside(RowCheck check, JsonNode value)
    {
        if (value.Count < Least)
        {
            check.Error(ConsumerCodes.Empty, value, value.Count == 0
                ? $"{value.Path} is an empty list, expected messages"
                : $"{value.Path} has {value.Count} message, expected at least {Least}");
        }

        foreach (var turn in value)
        {
            if (turn.IsObject) Turn(check, turn);
            else check.Error(ConsumerCodes.WrongType, turn, $"{turn.Path} is {turn.Words}, expected an object with {Encoding.UTF8.GetString(_roleKey)} and {Encoding.UTF8.GetString(_contentKey)}");
        }
    }

    private void Turn(RowCheck check, JsonNode turn)
    {
        var role = turn.Find(_roleKey);
        if (role.IsAbsent) Missing(check, turn, role, Encoding.UTF8.GetString(_roleKey));
        else if (!role.IsText) check.Error(ConsumerCodes.WrongType, role, $"{role.Path} is {role.Words}, expected a string");
        else if (!_roles.IsEmpty && !_roles.Has(role)) check.Error(ConsumerCodes.UnknownValue, role, $"{role.Path} is {role.Words}, expected {_roles}");

        // Most turns have only a role and a content.
        var content = turn.Find(_contentKey);
        var isPlain = turn.Count == 2 && !role.IsMissing && !content.IsMissing;
        var calls = Calls is null || isPlain ? default : turn.Find("tool_calls"u8);
        if (!calls.IsAbsent) Calls!.Check(check, calls);

        if (!content.IsAbsent) Content.Check(check, content);
        else if (calls.Count == 0 && turn.Find("function_call"u8).IsAbsent) Missing(check, turn, content, Encoding.UTF8.GetString(_contentKey));

        if (isPlain) return;

        foreach (var other in _others)
        {
            var own = turn.Find(other.Key);
            if (!own.IsAbsent) other.Shape.Check(check, own);
        }

        _keys?.RefuseOthers(check, turn);
    }

    /// <summary>Reports a part of the type text that has no text.</summary>
    public static void CheckPart(RowCheck check, JsonNode part)
    {
        if (!part.Find("type"u8).Is("text"u8)) return;

        var text = part.Find("text"u8);
        if (text.IsAbsent) Missing(check, part, text, "text");
        else AnyText.Check(check, text);
    }
}

/// <summary>Rules about the order of turns. Turns without a readable role are left to <see cref="Turns"/>.</summary>
internal static class TurnRules
{
    /// <summary>The last turn has one of these roles.</summary>
    public static Action<RowCheck, JsonNode> LastIs(Severity severity, string why, params string[] roles)
    {
        var known = new Words(roles);
        return (check, turns) =>
        {
            var role = turns.Last.Find("role"u8);
            if (role.IsText && !known.Has(role))
                check.At(ConsumerCodes.LastRole, severity, role.Offset, $"the last turn of {turns.Path} has the role '{JsonNode.Shortened(role.AsText())}', expected {known}{why}");
        };
    }

    /// <summary>Some turn has one of these roles.</summary>
    public static Action<RowCheck, JsonNode> Has(Severity severity, string why, params string[] roles)
    {
        var known = new Words(roles);
        return (check, turns) =>
        {
            var isReadable = false;
            foreach (var turn in turns)
            {
                var role = turn.Find("role"u8);
                if (known.Has(role)) return;

                isReadable |= role.IsText;
            }

            if (isReadable) check.At(ConsumerCodes.NoAssistant, severity, turns.Offset, $"{turns.Path} has no turn of {known}{why}");
        };
    }

    /// <summary>Apart from a leading turn of one role, the turns alternate between two groups of roles, beginning with the first group.</summary>
    /// <param name="roleKey">Key of the role.</param>
    /// <param name="leading">The role of an uncounted first turn; at most one.</param>
    /// <param name="asks">Roles in odd positions.</param>
    /// <param name="answers">Roles in even positions.</param>
    /// <param name="endsInAnswer">Whether the number of turns is even (true) or odd (false).</param>
    public static Action<RowCheck, JsonNode> Alternate(string roleKey, string leading, string[] asks, string[] answers, bool endsInAnswer)
    {
        var key = Encoding.UTF8.GetBytes(roleKey);
        var first = Encoding.UTF8.GetBytes(leading);
        Words[] sides = [new(asks), new(answers)];
        return (check, turns) =>
        {
            var position = turns.First.Find(key).Is(first) ? -1 : 0;
            var isSound = true;
            foreach (var turn in turns)
            {
                if (position >= 0)
                {
                    var role = turn.Find(key);
                    if (!role.IsText) return;

                    if (!sides[position % 2].Has(role))
                    {
                        check.Error(
                            ConsumerCodes.TurnOrder, role,
                            $"{role.Path} is '{JsonNode.Shortened(role.AsText())}' where {sides[position % 2]} is expected: turns alternate after one leading {leading} turn, and a row that does not is dropped");
                        isSound = false;
                        break;
                    }
                }

                position++;
            }

            if (!isSound || turns.Count == 0) return;

            if (position <= 0) check.Error(ConsumerCodes.Empty, turns, $"{turns.Path} has only a {leading} turn; the row is dropped");
            else if (position % 2 == (endsInAnswer ? 1 : 0))
                check.Error(ConsumerCodes.LastRole, turns.Last, $"{turns.Path} ends in a turn of {sides[endsInAnswer ? 0 : 1]}, expected {sides[endsInAnswer ? 1 : 0]}: a row with {(endsInAnswer ? "an odd" : "an even")} number of turns is dropped");
        };
    }

    /// <summary>Only the first turn may have this role.</summary>
    public static Action<RowCheck, JsonNode> OnlyFirst(Severity severity, string role)
    {
        var known = new Words(role);
        return (check, turns) =>
        {
            var isFirst = true;
            foreach (var turn in turns)
            {
                var own = turn.Find("role"u8);
                if (!isFirst && known.Has(own))
                {
                    check.At(ConsumerCodes.TurnOrder, severity, own.Offset, $"{turn.Path} is a {role} turn after other turns; most chat templates accept it only at the beginning");
                    return;
                }

                isFirst = false;
            }
        };
    }
}
