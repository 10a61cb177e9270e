namespace InstructKit.Templating.Rendering;

/// <summary>What a template asks most of a loop.</summary>
internal enum LoopField
{
    None,
    Index,
    Index0,
    First,
    Last,
    Length,
}
